using System.Collections.Concurrent;
using Microsoft.AspNetCore.Identity;
using SignInSample;

namespace ServerSessions.SignIn.Tests.Identity;

/// <summary>The users of the sample, with logins of other sites and a second factor.</summary>
internal sealed class TestUsers : InMemoryUsers, IUserLoginStore<IdentityUser>, IUserTwoFactorStore<IdentityUser>
{
    private readonly ConcurrentDictionary<(string Provider, string Key), string> _logins = new();

    public Task AddLoginAsync(IdentityUser user, UserLoginInfo login, CancellationToken cancellationToken) =>
        Set(() => _logins[(login.LoginProvider, login.ProviderKey)] = user.Id);

    public Task RemoveLoginAsync(IdentityUser user, string loginProvider, string providerKey, CancellationToken cancellationToken) =>
        Set(() => _logins.TryRemove((loginProvider, providerKey), out _));

    public Task<IList<UserLoginInfo>> GetLoginsAsync(IdentityUser user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserLoginInfo>>([
            .. from login in _logins where login.Value == user.Id select new UserLoginInfo(login.Key.Provider, login.Key.Key, null),
        ]);

    public Task<IdentityUser?> FindByLoginAsync(string loginProvider, string providerKey, CancellationToken cancellationToken) =>
        _logins.TryGetValue((loginProvider, providerKey), out var id)
            ? FindByIdAsync(id, cancellationToken)
            : Task.FromResult<IdentityUser?>(null);

    public Task<bool> GetTwoFactorEnabledAsync(IdentityUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.TwoFactorEnabled);

    public Task SetTwoFactorEnabledAsync(IdentityUser user, bool enabled, CancellationToken cancellationToken) =>
        Set(() => user.TwoFactorEnabled = enabled);
}

/// <summary>No roles: Identity asks for a store of them.</summary>
internal sealed class NoRoles : IRoleStore<IdentityRole>
{
    public Task<IdentityResult> CreateAsync(IdentityRole role, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> UpdateAsync(IdentityRole role, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IdentityResult> DeleteAsync(IdentityRole role, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> GetRoleIdAsync(IdentityRole role, CancellationToken cancellationToken) => Task.FromResult(role.Id);

    public Task<string?> GetRoleNameAsync(IdentityRole role, CancellationToken cancellationToken) => Task.FromResult(role.Name);

    public Task SetRoleNameAsync(IdentityRole role, string? roleName, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<string?> GetNormalizedRoleNameAsync(IdentityRole role, CancellationToken cancellationToken) =>
        Task.FromResult(role.NormalizedName);

    public Task SetNormalizedRoleNameAsync(IdentityRole role, string? normalizedName, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IdentityRole?> FindByIdAsync(string roleId, CancellationToken cancellationToken) => Task.FromResult<IdentityRole?>(null);

    public Task<IdentityRole?> FindByNameAsync(string normalizedRoleName, CancellationToken cancellationToken) =>
        Task.FromResult<IdentityRole?>(null);

    public void Dispose() { }
}

/// <summary>A second factor that a test can type.</summary>
internal sealed class TypedCode : IUserTwoFactorTokenProvider<IdentityUser>
{
    public const string Name = "Typed";
    public const string Code = "246810";

    public Task<string> GenerateAsync(string purpose, UserManager<IdentityUser> manager, IdentityUser user) => Task.FromResult(Code);

    public Task<bool> ValidateAsync(string purpose, string token, UserManager<IdentityUser> manager, IdentityUser user) =>
        Task.FromResult(token == Code);

    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<IdentityUser> manager, IdentityUser user) => Task.FromResult(true);
}
