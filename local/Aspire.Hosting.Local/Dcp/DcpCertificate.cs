using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Aspire.Hosting.Dcp;

/// <summary>
/// The certificate with which the orchestrator of this run proves itself. Left alone it makes one too, with an RSA key that takes it one
/// to three seconds; a key on an elliptic curve takes no time.
/// </summary>
internal sealed class DcpCertificate : IDisposable
{
    private readonly X509Certificate2 _certificate;

    private DcpCertificate(X509Certificate2 certificate, IReadOnlyList<string> arguments)
    {
        _certificate = certificate;
        Arguments = arguments;
    }

    /// <summary>What tells the orchestrator to use it.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <param name="folder">Where certificate and key are written; nobody but the user may read it.</param>
    /// <param name="time">Gives the day from which it is valid.</param>
    public static DcpCertificate Create(string folder, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));

        // Generous on both sides: clocks differ, and a run may last.
        var certificate = request.CreateSelfSigned(time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddYears(1));
        var certificateFile = Path.Combine(folder, "certificate.pem");
        var keyFile = Path.Combine(folder, "key.pem");
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return new DcpCertificate(certificate, ["--tls-cert-file", certificateFile, "--tls-key-file", keyFile]);
    }

    public void Dispose() => _certificate.Dispose();
}
