using ServerSessions.Conformance.Xunit;

namespace CustomStore.Tests;

public sealed class TableStoreTests : SessionStoreConformance<TableStoreHarness>;
