using ServerSessions.Conformance.Xunit;

namespace CustomStore.Tests;

public sealed class DistributedCacheStoreTests : SessionStoreConformance<DistributedCacheStoreHarness>;
