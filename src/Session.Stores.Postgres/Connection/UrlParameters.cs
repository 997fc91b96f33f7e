using System.Globalization;
using Npgsql;

namespace ServerSessions.Stores.Postgres.Connection;

/// <summary>
/// The parameters of a URL: all of libpq's, the settings of Npgsql by name, and parameters of other clients, which are ignored. A parameter
/// that Npgsql does not support is ignored if that is harmless, and refused if a security check would be missing.
/// </summary>
internal sealed class UrlParameters(NpgsqlConnectionStringBuilder settings)
{
    private static readonly Dictionary<string, string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        ["service"] = "Npgsql reads no service file. Write its settings into the URL",
        ["servicefile"] = "Npgsql reads no service file. Write its settings into the URL",
        ["sslcrl"] =
            "Npgsql reads no list of revoked certificates. Remove it, or query the authority with 'Check Certificate Revocation=true'",
        ["sslcrldir"] =
            "Npgsql reads no list of revoked certificates. Remove it, or query the authority with 'Check Certificate Revocation=true'",
        ["scram_client_key"] = "Npgsql accepts passwords only. Set password",
        ["scram_server_key"] = "Npgsql accepts passwords only. Set password",
        ["oauth_issuer"] = "Npgsql cannot sign in by OAuth. Pass in a data source with a password provider",
        ["oauth_client_id"] = "Npgsql cannot sign in by OAuth. Pass in a data source with a password provider",
        ["oauth_client_secret"] = "Npgsql cannot sign in by OAuth. Pass in a data source with a password provider",
        ["oauth_scope"] = "Npgsql cannot sign in by OAuth. Pass in a data source with a password provider",
    };

    private static readonly Dictionary<string, string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["user"] = "Username",
        ["dbname"] = "Database",
        ["password"] = "Password",
        ["passfile"] = "Passfile",
        ["application_name"] = "Application Name",
        ["options"] = "Options",
        ["target_session_attrs"] = "Target Session Attributes",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["sslnegotiation"] = "SSL Negotiation",
        ["channel_binding"] = "Channel Binding",
        ["gssencmode"] = "GSS Encryption Mode",
        ["krbsrvname"] = "Kerberos Service Name",
    };

    private string? _sslMode;
    private bool? _ssl;
    private bool? _keepsAlive;
    private int? _keepAliveIdle;
    private int? _keepAliveInterval;
    private string? _fallbackName;
    private string? _peer;
    private bool _usesSystemAuthorities;
    private bool _sendsCertificate = true;

    public void Set(string name, string value)
    {
        try
        {
            SetKnown(name, value);
        }
        catch (Exception wrong)
            when (wrong
                    is ArgumentException
                        or KeyNotFoundException
                        or FormatException
                        and not StoreUrlException
                        or InvalidCastException
                        or OverflowException
            )
        {
            throw IsKnown(name)
                ? Wrong(name)
                : new StoreUrlException(
                    "has a parameter that is not one of libpq or Npgsql, nor one of the ignored parameters of other clients (README). "
                        + "Check its name, or remove it."
                );
        }
    }

    /// <summary>Applies the settings that depend on several parameters, in any order.</summary>
    public void Complete()
    {
        if (_sslMode is not null)
        {
            settings.SslMode = Mode(_sslMode);
        }
        else if (_ssl is { } encrypted)
        {
            settings.SslMode = encrypted ? SslMode.Require : SslMode.Disable;
        }

        if (_usesSystemAuthorities)
        {
            // As in libpq: public authorities sign certificates of any host, so the host name must be verified.
            settings.SslMode = _sslMode is null or "verify-full"
                ? SslMode.VerifyFull
                : throw new StoreUrlException(
                    "has sslrootcert=system with a weaker sslmode than verify-full. Set sslmode=verify-full, as libpq requires."
                );
        }

        if (!_sendsCertificate)
        {
            settings.SslCertificate = settings.SslKey = null;
        }

        if (_peer is not null && settings.Host!.StartsWith('/'))
        {
            throw new StoreUrlException("has requirepeer with a Unix socket, which Npgsql cannot check. Remove it.");
        }

        settings.ApplicationName ??= _fallbackName;
        CompleteKeepAlive();
    }

    private static SslMode Mode(string text) =>
        text switch
        {
            "disable" => SslMode.Disable,
            "allow" => SslMode.Allow,
            "prefer" => SslMode.Prefer,
            // "no-verify" is of node-postgres: it encrypts and accepts every certificate, as libpq's require.
            "require" or "no-verify" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            "" => throw new StoreUrlException("has an empty sslmode. Set sslmode=verify-full, or remove it."),
            _ => throw new StoreUrlException(
                "has an sslmode that is none of disable, allow, prefer, require, verify-ca, verify-full. Correct it."
            ),
        };

    /// <summary>Converts Npgsql's spelling, such as VerifyFull, to libpq's.</summary>
    private static string Hyphenated(string mode) =>
        mode.ToLowerInvariant() switch
        {
            "verifyca" => "verify-ca",
            "verifyfull" => "verify-full",
            var other => other,
        };

    private static StoreUrlException Wrong(string name) =>
        new($"has a parameter '{name.ToLowerInvariant()}' whose value is wrong. Correct it.");

    private static bool IsKnown(string name) =>
        Keywords.ContainsKey(name)
        || name.ToLowerInvariant()
            is "connect_timeout"
                or "keepalives"
                or "keepalives_idle"
                or "keepalives_interval"
                or "load_balance_hosts"
                or "replication"
                or "ssl"
                or "requiressl"
                or "sslcertmode"
                or "sslaccept"
                or "require_auth"
                or "ssl_min_protocol_version"
                or "ssl_max_protocol_version"
        || new NpgsqlConnectionStringBuilder().Keys.Cast<string>().Contains(name, StringComparer.OrdinalIgnoreCase);

    private void SetKnown(string name, string value)
    {
        if (Refused.TryGetValue(name, out var reason))
        {
            throw new StoreUrlException($"has the parameter '{name.ToLowerInvariant()}'. {reason}.");
        }

        if (IgnoredParameters.Contains(name))
        {
            return;
        }

        switch (name.ToLowerInvariant())
        {
            case "sslmode":
                Mode(_sslMode = Hyphenated(value));
                break;
            case "ssl":
                _ssl = value == "no-verify" || Flag(name, value);
                break;
            case "requiressl":
                _ssl = Flag(name, value) ? true : _ssl;
                break;
            case "sslrootcert" when value == "system":
                _usesSystemAuthorities = true;
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "sslcertmode":
                _sendsCertificate = value is "allow" || (value is "disable" ? false : throw Unable(name));
                break;
            case "sslaccept" when value is not "accept_invalid_certs":
                throw new StoreUrlException("has Prisma's sslaccept=strict. Set sslmode=verify-full instead.");
            case "sslaccept":
                break;
            case "ssl_min_protocol_version" when value is "" or "TLSv1" or "TLSv1.1" or "TLSv1.2":
            case "ssl_max_protocol_version" when value is "" or "TLSv1.3":
                // The runtime uses TLS 1.2 and later.
                break;
            case "ssl_min_protocol_version" or "ssl_max_protocol_version":
                throw Unable(name);
            case "requirepeer":
                _peer = value.Length == 0 ? null : value;
                break;
            case "connect_timeout":
                settings.Timeout = Math.Max(Number(value), 0);
                break;
            case "keepalives":
                _keepsAlive = Flag(name, value);
                break;
            case "keepalives_idle":
                _keepAliveIdle = Number(value);
                break;
            case "keepalives_interval":
                _keepAliveInterval = Number(value);
                break;
            case "fallback_application_name":
                _fallbackName = value;
                break;
            case "load_balance_hosts":
                settings.LoadBalanceHosts = value switch
                {
                    "random" => true,
                    "disable" => false,
                    _ => throw Wrong(name),
                };
                break;
            case "replication":
                if (Flag(name, value))
                {
                    throw Wrong(name);
                }

                break;
            case "require_auth":
                settings.RequireAuth = value.Replace("scram-sha-256", "ScramSHA256", StringComparison.Ordinal);
                break;
            case "host" or "port" or "hostaddr":
                SetHost(name.ToLowerInvariant(), value);
                break;
            default:
                settings[Keywords.GetValueOrDefault(name, name)] = value;
                break;
        }
    }

    private void SetHost(string name, string value)
    {
        switch (name)
        {
            case "host":
                settings.Host = value;
                break;
            case "port" when value.Contains(',', StringComparison.Ordinal):
                var (hosts, ports) = (settings.Host!.Split(','), value.Split(','));
                settings.Host =
                    hosts.Length == ports.Length
                        ? string.Join(',', hosts.Zip(ports, static (host, port) => $"{host}:{StoreUrl.Port(port)}"))
                        : throw Wrong(name);
                break;
            case "port":
                settings.Port = StoreUrl.Port(value);
                break;
            default:
                settings.Host = settings.Host is null or "localhost"
                    ? value
                    : throw new StoreUrlException("has a host and hostaddr. Npgsql resolves the host itself. Give one of the two.");
                break;
        }
    }

    /// <summary>Sets keepalives. The driver accepts no interval without an idle time, and no zero, libpq's value for the
    /// system's.</summary>
    private void CompleteKeepAlive()
    {
        if (_keepsAlive == false)
        {
            return;
        }

        if (_keepAliveIdle is > 0)
        {
            settings.TcpKeepAliveTime = _keepAliveIdle.Value;
            settings.TcpKeepAliveInterval = Math.Max(_keepAliveInterval ?? 0, 0);
        }
        else if (_keepsAlive == true)
        {
            settings.TcpKeepAlive = true;
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static bool Flag(string name, string value) =>
        value.ToLowerInvariant() switch
        {
            "true" or "on" or "yes" or "1" => true,
            "false" or "off" or "no" or "0" => false,
            _ => throw Wrong(name),
        };

    private static StoreUrlException Unable(string name) =>
        new($"has the parameter '{name.ToLowerInvariant()}' with a value that Npgsql does not support. Remove it.");
}
