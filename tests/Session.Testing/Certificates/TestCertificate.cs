using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServerSessions.Testing;

/// <summary>A server certificate of the test's own, with the authority that has signed it. No machine trusts that authority.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("session-certificate-");

    private TestCertificate(X509Certificate2 authority, X509Certificate2 server)
    {
        Server = server;
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        File.WriteAllText(CertificateFile, server.ExportCertificatePem());
        using var key = server.GetRSAPrivateKey()!;
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The authority's certificate (PEM).</summary>
    public string AuthorityFile => Path.Combine(_folder.FullName, "authority.pem");

    /// <summary>The certificate (PEM).</summary>
    public string CertificateFile => Path.Combine(_folder.FullName, "server.pem");

    /// <summary>Its private key (PEM).</summary>
    public string KeyFile => Path.Combine(_folder.FullName, "server.key");

    /// <summary>Makes a certificate that is valid today.</summary>
    /// <param name="name">The host that it is for: a name or an address.</param>
    public static TestCertificate For(string name) => Make(name, TimeSpan.FromDays(1));

    /// <summary>Makes a certificate that expired a day ago.</summary>
    /// <param name="name">The host that it is for.</param>
    public static TestCertificate ExpiredFor(string name) => Make(name, TimeSpan.FromDays(-1));

    /// <inheritdoc/>
    public void Dispose()
    {
        Server.Dispose();
        _folder.Delete(recursive: true);
    }

    private static TestCertificate Make(string name, TimeSpan left)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (from, until) = (now.AddDays(-30), now + left);
        using var authorityKey = RSA.Create(2048);
        var authorityRequest = new CertificateRequest(
            "CN=Session tests",
            authorityKey,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(from, now.AddDays(30));

        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);

        // SslStream needs a key that is not only in this object's memory on some systems.
        return new TestCertificate(authority, X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null));
    }
}
