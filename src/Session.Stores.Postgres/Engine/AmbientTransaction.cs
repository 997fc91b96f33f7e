using System.Transactions;
using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// Opens connections outside the caller's <see cref="TransactionScope"/>. With a data source of the application the driver would enlist, so
/// that a rollback of the scope would undo acknowledged writes.
/// </summary>
internal static class AmbientTransaction
{
    public static ValueTask<NpgsqlConnection> OpenOutsideAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        if (!IsThere())
        {
            return source.OpenConnectionAsync(cancel);
        }

        // The driver reads the transaction before its first await, so the scope ends on the thread on which it began.
        using var outside = new TransactionScope(TransactionScopeOption.Suppress);
        return source.OpenConnectionAsync(cancel);
    }

    private static bool IsThere()
    {
        try
        {
            return Transaction.Current is not null;
        }
        catch (InvalidOperationException)
        {
            // The application has completed its scope but not disposed it.
            return true;
        }
    }
}
