using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Security;

/// <summary>
/// The section <c>Security</c> of the configuration. A mistake in it fails the start: security is never less than it says.
/// </summary>
public sealed partial record SecuritySettings
{
    private const string Example = "Security__Roles__reader__Permissions__0=registry.read";

    private static readonly string[] AsymmetricAlgorithms =
        ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512"];

    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>The certificate of the service; null to serve without TLS.</summary>
    public TlsSettings? Tls { get; private init; }

    /// <summary>Null when client certificates are not accepted.</summary>
    public ClientCertificateSettings? ClientCertificates { get; private init; }

    /// <summary>Null when bearer tokens are not accepted.</summary>
    public JwtSettings? Jwt { get; private init; }

    /// <summary>The roles by name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<(Permission Permission, TenantScope Scope)>> Roles { get; private init; } =
        new Dictionary<string, IReadOnlyList<(Permission, TenantScope)>>();

    /// <summary>The roles of subjects, beside those that a token claims.</summary>
    public ILookup<string, string> Subjects { get; private init; } = Array.Empty<string>().ToLookup(name => name);

    /// <summary>Whether every call needs credentials.</summary>
    public bool Authenticates => Jwt is not null || ClientCertificates is not null;

    /// <summary>Reads the section; fails the start with a sentence for each mistake.</summary>
    public static SecuritySettings Read(IConfiguration configuration)
    {
        var mistakes = new Mistakes();
        var section = configuration.GetSection("Security");
        foreach (var (key, _) in section.AsEnumerable(makePathsRelative: true)
            .Where(entry => entry.Value is not null && entry.Key.Length > 0 && !Known().IsMatch(entry.Key)))
            mistakes.Add($"Security:{key} is not a setting that has a value: docs/configuration.md lists the settings");

        var roles = section.GetSection("Roles").GetChildren().ToDictionary(
            role => role.Key, role => mistakes.Read(() => Role(role)) ?? [], StringComparer.Ordinal);
        var settings = new SecuritySettings
        {
            Tls = mistakes.Read(() => ReadTls(configuration)),
            ClientCertificates = mistakes.Read(() => ReadClientCertificates(configuration)),
            Jwt = mistakes.Read(() => ReadJwt(configuration)),
            Roles = roles,
            Subjects = section.GetSection("Subjects").GetChildren()
                .Select(subject => mistakes.Read(() => Subject(subject, roles)))
                .SelectMany(subject => (subject.Roles ?? []).Select(role => (subject.Name, Role: role)))
                .ToLookup(pair => pair.Name, pair => pair.Role, StringComparer.Ordinal),
        };
        Check(section, configuration["Urls"] ?? "", mistakes);
        mistakes.Throw();
        return settings;
    }

    /// <summary>Reads the files that the settings name; fails the start with a sentence for each that cannot be used.</summary>
    public static void ReadFiles(IConfiguration configuration)
    {
        var mistakes = new Mistakes();
        // Mistakes in the section itself are told by its own reading.
        if (new Mistakes().Read(() => Read(configuration)) is not { } settings) return;
        if (settings.Tls is { } tls) mistakes.Read(() => ServerCertificate.Expect(tls));
        if (settings.ClientCertificates is { } ca) mistakes.Read(() => Security.ClientCertificates.Expect(ca));
        if (settings.Jwt is { } jwt) mistakes.Read(() => BearerTokens.Expect(jwt));
        mistakes.Throw();
    }

    // Settings that contradict each other. What was meant counts, also where there is a mistake in it.
    private static void Check(IConfigurationSection section, string urls, Mistakes mistakes)
    {
        var (tls, certificates) = (section.GetSection("Tls").Exists(), section.GetSection("ClientCertificates").Exists());
        var authenticates = certificates || section.GetSection("Jwt").Exists();
        var roles = section.GetSection("Roles").Exists();
        if (certificates && !tls)
            mistakes.Add(
                "Security:ClientCertificates:CaFile needs TLS: set Security:Tls:CertificateFile and Security:Tls:KeyFile");
        if (authenticates && !roles)
            mistakes.Add($"Security:Roles is not set, so no caller may do anything: define roles, for instance {Example}");
        if (!authenticates && (roles || section.GetSection("Subjects").Exists()))
            mistakes.Add("Security:Roles has no effect without authentication: set Security:Jwt or Security:ClientCertificates");
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && !tls)
                mistakes.Add($"Urls has {url}, and there is no certificate: set Security:Tls:CertificateFile and :KeyFile");
            if (url.StartsWith("http:", StringComparison.OrdinalIgnoreCase) && tls)
                mistakes.Add($"Urls has {url}, and Security:Tls is set: write https://");
        }
    }

    private static TlsSettings? ReadTls(IConfiguration configuration) =>
        (configuration["Security:Tls:CertificateFile"], configuration["Security:Tls:KeyFile"]) switch
        {
            (null, null) => null,
            ({ Length: > 0 } certificate, { Length: > 0 } key) => new(certificate, key),
            _ => throw Mistake("Tls", "is incomplete: set both Security:Tls:CertificateFile and Security:Tls:KeyFile"),
        };

    private static ClientCertificateSettings? ReadClientCertificates(IConfiguration configuration)
    {
        var (file, actor) = (configuration["Security:ClientCertificates:CaFile"], configuration["Security:ClientCertificates:Actor"]);
        if (file is null && actor is null) return null;
        if (string.IsNullOrEmpty(file)) throw Mistake("ClientCertificates:CaFile", "is not set: give the file of the accepted CAs in PEM");
        return new(file, actor switch
        {
            null or nameof(CertificateName.Subject) => CertificateName.Subject,
            nameof(CertificateName.SubjectAlternativeName) => CertificateName.SubjectAlternativeName,
            _ => throw Mistake("ClientCertificates:Actor", $"\"{actor}\" is not known: use Subject or SubjectAlternativeName"),
        });
    }

    private static JwtSettings? ReadJwt(IConfiguration configuration)
    {
        if (!configuration.GetSection("Security").GetSection("Jwt").Exists()) return null;
        var mistakes = new Mistakes();
        var jwt = new JwtSettings
        {
            Authority = configuration["Security:Jwt:Authority"],
            KeysFile = configuration["Security:Jwt:KeysFile"],
            Issuer = configuration["Security:Jwt:Issuer"],
            Audience = configuration["Security:Jwt:Audience"] ?? "",
            ActorClaim = mistakes.Read(() => Claim("ActorClaim", configuration["Security:Jwt:ActorClaim"], "sub")) ?? "",
            RolesClaim = mistakes.Read(() => Claim("RolesClaim", configuration["Security:Jwt:RolesClaim"], "roles")) ?? "",
        };
        if (mistakes.Read(() => Items(configuration.GetSection("Security:Jwt:Algorithms"))) is { Length: > 0 } algorithms)
            jwt = jwt with { Algorithms = algorithms };
        if (configuration["Security:Jwt:ClockSkew"] is { } skew)
        {
            if (TimeSpan.TryParse(skew, CultureInfo.InvariantCulture, out var parsed) && parsed >= TimeSpan.Zero && parsed <= MaxClockSkew)
                jwt = jwt with { ClockSkew = parsed };
            else mistakes.Add($"Security:Jwt:ClockSkew \"{skew}\" is out of range: use 00:00:00 to {MaxClockSkew:c}");
        }

        if (jwt.Audience.Length == 0)
            mistakes.Add("Security:Jwt:Audience is not set: give the audience that tokens for this service name");
        if ((jwt.Authority is null) == (jwt.KeysFile is null))
            mistakes.Add("Security:Jwt needs one source of keys: set either Security:Jwt:Authority or Security:Jwt:KeysFile");
        if (jwt.KeysFile is not null && string.IsNullOrEmpty(jwt.Issuer))
            mistakes.Add("Security:Jwt:Issuer is not set: give the issuer that tokens name, because Security:Jwt:KeysFile does not");
        if (jwt.Authority is { } authority && !IsSafe(authority))
            mistakes.Add($"Security:Jwt:Authority \"{authority}\" is not an https address: only an issuer on loopback may use http");
        foreach (var weak in jwt.Algorithms.Except(AsymmetricAlgorithms))
            mistakes.Add($"Security:Jwt:Algorithms \"{weak}\" is not accepted: use {string.Join(", ", AsymmetricAlgorithms)}");
        mistakes.Throw();
        return jwt;
    }

    private static string Claim(string name, string? configured, string usual) => configured switch
    {
        null => usual,
        _ when string.IsNullOrWhiteSpace(configured) =>
            throw Mistake($"Jwt:{name}", $"is blank: give the name of a claim, or omit it for {usual}"),
        _ => configured,
    };

    private static IReadOnlyList<(Permission Permission, TenantScope Scope)> Role(IConfigurationSection role)
    {
        var (names, tenants) = (Items(role.GetSection("Permissions")), role.GetSection("Tenants"));
        if (names.Length == 0) throw Mistake(role, "has no permissions: list some under Permissions");
        if (names.FirstOrDefault(name => Permissions.Named(name) is null) is { } unknown)
            throw Mistake(role, $"gives \"{unknown}\", which is not a permission: use {string.Join(", ", Permissions.Names)}");
        // Tenants that are present and name none, even as null, must not be read as no limit at all.
        var limits = role.GetChildren().Any(child => child.Key.Equals(tenants.Key, StringComparison.OrdinalIgnoreCase));
        var limited = Items(tenants);
        if (tenants.Value is not null || (limits && limited.Length == 0))
            throw Mistake(role, "limits its callers to no tenant: list ids or names of tenants, or omit Tenants");
        var scope = limits ? TenantScope.Of(limited) : TenantScope.All;
        return [.. names.Select(name => (Permissions.Named(name)!.Value, scope))];
    }

    private static (string Name, string[] Roles) Subject(
        IConfigurationSection section, Dictionary<string, IReadOnlyList<(Permission Permission, TenantScope Scope)>> roles)
    {
        var (name, given) = (section["Subject"], Items(section.GetSection("Roles")));
        if (string.IsNullOrWhiteSpace(name)) throw Mistake(section, "has no Subject: give the subject of a token or certificate");
        if (given.Length == 0) throw Mistake(section, "has no roles: list some under Roles");
        return given.FirstOrDefault(role => !roles.ContainsKey(role)) is { } unknown
            ? throw Mistake(section, $"has the role \"{unknown}\", which Security:Roles does not define")
            : (name, given);
    }

    private static string[] Items(IConfigurationSection list) =>
    [
        .. list.GetChildren().Select(item => string.IsNullOrWhiteSpace(item.Value)
            ? throw Mistake(item, "is blank: give it a value, or omit it")
            : item.Value),
    ];

    private static bool IsSafe(string authority) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps
            || (uri.Scheme == Uri.UriSchemeHttp && IPAddress.TryParse(uri.Host, out var address) && IPAddress.IsLoopback(address)));

    private static StartupException Mistake(IConfigurationSection section, string sentence) => new($"{section.Path} {sentence}");

    private static StartupException Mistake(string setting, string sentence) => new($"Security:{setting} {sentence}");

    [GeneratedRegex(
        "^(Tls:(CertificateFile|KeyFile)|ClientCertificates:(CaFile|Actor)"
        + "|Jwt:(Authority|KeysFile|Issuer|Audience|Algorithms:[0-9]+|ClockSkew|ActorClaim|RolesClaim)"
        + "|Roles:[^:]+:(Permissions:[0-9]+|Tenants(:[0-9]+)?)|Subjects:[0-9]+:(Subject|Roles:[0-9]+))$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Known();
}

/// <summary>A certificate with its chain, and its key, in PEM.</summary>
public sealed record TlsSettings(string CertificateFile, string KeyFile);

/// <summary>The CAs of client certificates in PEM, and the part of a certificate that names its subject.</summary>
public sealed record ClientCertificateSettings(string CaFile, CertificateName Name);

/// <summary>The part of a certificate that names the caller.</summary>
public enum CertificateName
{
    /// <summary>The distinguished name: <c>CN=deployer, O=Example</c>.</summary>
    Subject,

    /// <summary>The first URI, otherwise the first e-mail address, otherwise the first DNS name.</summary>
    SubjectAlternativeName,
}

/// <summary>Which bearer tokens are accepted.</summary>
public sealed record JwtSettings
{
    /// <summary>The issuer whose keys are found by OIDC discovery; null with a file of keys.</summary>
    public string? Authority { get; init; }

    /// <summary>A JSON Web Key Set, or public keys in PEM; null with an authority.</summary>
    public string? KeysFile { get; init; }

    /// <summary>The issuer that tokens name; null for the one that the discovery document names.</summary>
    public string? Issuer { get; init; }

    public required string Audience { get; init; }

    public IReadOnlyList<string> Algorithms { get; init; } = ["RS256", "ES256", "PS256"];

    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The claim that names the subject.</summary>
    public required string ActorClaim { get; init; }

    /// <summary>The claim that lists the roles.</summary>
    public required string RolesClaim { get; init; }
}
