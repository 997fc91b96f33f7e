using ServerSessions.Conformance.Xunit;

namespace CustomStore.Tests;

public sealed class MinimalStoreTests : SessionStoreConformance<MinimalStoreHarness>;
