using System.Transactions;
using Npgsql;

namespace ServerSessions.Stores.Postgres.Engine;

/// <summary>
/// Opens connections outside the caller's <see cref="TransactionScope"/>. The driver joins it on a data source of the application, so that
/// what a call has acknowledged would be undone with it.
/// </summary>
internal static class AmbientTransaction
{
    public static ValueTask<NpgsqlConnection> OpenOutsideAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        if (!IsThere())
        {
            return source.OpenConnectionAsync(cancel);
        }

        // The driver reads the transaction before it waits for anything, so the scope ends on the thread that it began on.
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
            // The application has completed its scope and not left it yet.
            return true;
        }
    }
}
