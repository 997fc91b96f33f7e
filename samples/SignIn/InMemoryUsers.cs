using System.Collections.Concurrent;
using Microsoft.AspNetCore.Identity;

namespace SignInSample;

/// <summary>Users in memory, with passwords and security stamps. An application has a database.</summary>
public class InMemoryUsers : IUserPasswordStore<IdentityUser>, IUserSecurityStampStore<IdentityUser>
{
    protected ConcurrentDictionary<string, IdentityUser> Users { get; } = new(StringComparer.Ordinal);

    public Task<IdentityResult> CreateAsync(IdentityUser user, CancellationToken cancellationToken) => Save(user);

    public Task<IdentityResult> UpdateAsync(IdentityUser user, CancellationToken cancellationToken) => Save(user);

    public Task<IdentityResult> DeleteAsync(IdentityUser user, CancellationToken cancellationToken)
    {
        Users.TryRemove(user.Id, out _);
        return Task.FromResult(IdentityResult.Success);
    }

    public Task<IdentityUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Task.FromResult(Users.TryGetValue(userId, out var user) ? Copy(user) : null);

    public Task<IdentityUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        Task.FromResult(Users.Values.Where(user => user.NormalizedUserName == normalizedUserName).Select(Copy).FirstOrDefault());

    public Task<string> GetUserIdAsync(IdentityUser user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(IdentityUser user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);

    public Task<string?> GetNormalizedUserNameAsync(IdentityUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.NormalizedUserName);

    public Task<string?> GetPasswordHashAsync(IdentityUser user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task<bool> HasPasswordAsync(IdentityUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(IdentityUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.SecurityStamp);

    public Task SetUserNameAsync(IdentityUser user, string? userName, CancellationToken cancellationToken) =>
        Set(() => user.UserName = userName);

    public Task SetNormalizedUserNameAsync(IdentityUser user, string? normalizedName, CancellationToken cancellationToken) =>
        Set(() => user.NormalizedUserName = normalizedName);

    public Task SetPasswordHashAsync(IdentityUser user, string? passwordHash, CancellationToken cancellationToken) =>
        Set(() => user.PasswordHash = passwordHash);

    public Task SetSecurityStampAsync(IdentityUser user, string stamp, CancellationToken cancellationToken) =>
        Set(() => user.SecurityStamp = stamp);

    public void Dispose() => GC.SuppressFinalize(this);

    protected static Task Set(Action change)
    {
        change();
        return Task.CompletedTask;
    }

    private Task<IdentityResult> Save(IdentityUser user)
    {
        Users[user.Id] = Copy(user);
        return Task.FromResult(IdentityResult.Success);
    }

    // As from a database: a change counts once it is saved.
    private static IdentityUser Copy(IdentityUser user) =>
        new()
        {
            Id = user.Id,
            UserName = user.UserName,
            NormalizedUserName = user.NormalizedUserName,
            PasswordHash = user.PasswordHash,
            SecurityStamp = user.SecurityStamp,
            ConcurrencyStamp = user.ConcurrencyStamp,
            TwoFactorEnabled = user.TwoFactorEnabled,
        };
}
