using ServerSessions.Stores.Testing;

namespace ServerSessions.Stores.Memory.Tests;

public sealed class AmbientTransactionTests : MemoryStoreTest
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public Task What_was_acknowledged_in_an_ambient_transaction_stays_when_that_is_rolled_back(bool flows, bool isOver) =>
        AmbientTransaction.TakesNothingBackAsync(
            Store,
            (value, life) => new SessionRecord(StorePlace.Payload(value), Now + (life ?? TimeSpan.FromHours(1))),
            flows,
            isOver
        );
}
