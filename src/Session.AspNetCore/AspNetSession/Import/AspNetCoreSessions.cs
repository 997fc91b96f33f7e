using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Session;
using Microsoft.Extensions.Caching.Distributed;
using ServerSessions.Stores;

namespace ServerSessions;

/// <summary>
/// The sessions of ASP.NET Core's <c>AddSession()</c>: the cookie, and the entries in an <see cref="IDistributedCache"/>.
/// </summary>
/// <param name="cache">The cache that <c>AddSession()</c> used.</param>
/// <param name="dataProtection">The Data Protection that <c>AddSession()</c> used.</param>
/// <param name="options">The name, path and domain of the cookie.</param>
/// <param name="timeout">The longest that a call of the cache may last.</param>
/// <param name="timeProvider">The clock of the timeout.</param>
internal sealed class AspNetCoreSessions(
    IDistributedCache cache,
    IDataProtectionProvider dataProtection,
    AspNetCoreSessionImportOptions options,
    TimeSpan timeout,
    TimeProvider timeProvider
)
{
    private const string Backend = nameof(IDistributedCache);

    // The text of a GUID.
    private const int KeyLength = 36;

    // As SessionIdCookie: a browser sends one cookie, or two while a path or domain changes.
    private const int MaxTried = 8;

    private readonly IDataProtector _protector = dataProtection.CreateProtector(nameof(SessionMiddleware));

    /// <summary>Returns the key of the entry that the cookie of a request names; <see langword="null"/> without a valid cookie.</summary>
    /// <exception cref="SessionStoreUnavailableException">Data Protection could not read its keys.</exception>
    public string? FindKey(HttpContext context)
    {
        var cookies = new CookieHeader(context.Request.Headers.Cookie, options.CookieName);
        for (var tried = 0; tried < MaxTried && cookies.TryNext(out var value); tried++)
        {
            if (Unprotect(Uri.UnescapeDataString(value.ToString())) is { Length: KeyLength } key)
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>Returns the entry of a key; <see langword="null"/> if there is none.</summary>
    /// <exception cref="SessionStoreUnavailableException">The cache failed.</exception>
    public Task<byte[]?> GetAsync(string key, CancellationToken cancellationToken) =>
        CallAsync(SessionStoreOperation.Get, token => cache.GetAsync(key, token), cancellationToken);

    /// <summary>Removes the entry of a key. Idempotent.</summary>
    /// <exception cref="SessionStoreUnavailableException">The cache failed.</exception>
    public Task RemoveAsync(string key, CancellationToken cancellationToken) =>
        CallAsync(
            SessionStoreOperation.Destroy,
            async token =>
            {
                await cache.RemoveAsync(key, token);
                return true;
            },
            cancellationToken
        );

    /// <summary>Tells the browser to drop the cookie.</summary>
    public void DeleteCookie(HttpContext context, bool isSecure) =>
        context.Response.Cookies.Delete(options.CookieName, options.ForDeletion(isSecure));

    private string? Unprotect(string value)
    {
        // Standard base64 without its padding.
        var text = value.PadRight((value.Length + 3) / 4 * 4, '=');
        var box = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, box, out var length))
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(_protector.Unprotect(box[..length]));
        }
        catch (CryptographicException refusal) when (refusal.InnerException is null)
        {
            return null;
        }
        catch (Exception failure)
        {
            // It is unknown whether the cookie names a session.
            throw new SessionStoreUnavailableException(
                "The cookie of an ASP.NET Core session was not read: Data Protection failed. The inner exception has the cause. Check the "
                    + "place where its keys are kept.",
                SessionStoreOperation.Get,
                Backend,
                failure
            );
        }
    }

    private async Task<T> CallAsync<T>(
        SessionStoreOperation operation,
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    )
    {
        Task<T>? pending = null;
        try
        {
            pending = call(cancellationToken);
            return await pending.WaitAsync(timeout, timeProvider, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            CallDeadline.Abandon(pending ?? Task.CompletedTask);
            throw;
        }
        catch (Exception failure)
        {
            CallDeadline.Abandon(pending ?? Task.CompletedTask);
            throw new SessionStoreUnavailableException(
                "An ASP.NET Core session was not imported: the IDistributedCache failed. The inner exception has the cause. The entry "
                    + "stays, and the next request tries again. Check the cache.",
                operation,
                Backend,
                failure
            );
        }
    }
}
