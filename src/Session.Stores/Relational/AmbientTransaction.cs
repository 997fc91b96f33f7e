using System.Data.Common;
using System.Transactions;

namespace ServerSessions.Stores.Relational;

/// <summary>
/// Opens connections outside the caller's <see cref="TransactionScope"/>. With a data source of the application a driver would enlist, so
/// that a rollback of the scope would undo acknowledged writes.
/// </summary>
internal static class AmbientTransaction
{
    public static ValueTask<DbConnection> OpenOutsideAsync(DbDataSource source, CancellationToken stopping)
    {
        if (!IsPresent())
        {
            return source.OpenConnectionAsync(stopping);
        }

        // A thread of the pool without the caller's context has no transaction, whenever the driver looks.
        using (ExecutionContext.SuppressFlow())
        {
            return new ValueTask<DbConnection>(Task.Run(() => source.OpenConnectionAsync(stopping).AsTask(), stopping));
        }
    }

    private static bool IsPresent()
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
