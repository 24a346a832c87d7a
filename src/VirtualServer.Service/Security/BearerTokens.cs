using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Security;

/// <summary>
/// Verifies bearer tokens: JSON Web Tokens of one issuer for one audience, signed by an asymmetric algorithm, within their lifetime. A
/// token is verified once; when it comes again, it is looked up, because a signature costs as much as a call.
/// </summary>
public sealed class BearerTokens(JwtSettings settings, Roles roles, TimeProvider clock, ILogger<BearerTokens> logger) : IDisposable
{
    /// <summary>What the value of authorization begins with, before the token.</summary>
    public const string Scheme = "Bearer ";

    private const int MaxBytes = 16 * 1024;
    private const string Discovery = "/.well-known/openid-configuration";

    // How long a verified token is kept.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    // How often the library is asked whether its keys are due, because it reads them only when it is asked.
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly JsonWebTokenHandler handler = new() { MaximumTokenSizeInBytes = MaxBytes };

    private readonly ReloadedFiles<TokenKeys>? files = settings.KeysFile is { } path
        ? new("Security:Jwt:KeysFile", [path], texts => TokenKeys.Read(texts[0]), clock, logger)
        : null;

    private readonly ConfigurationManager<OpenIdConnectConfiguration>? authority = settings.Authority is { } address
        ? new(
            address.TrimEnd('/') + Discovery, new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever { RequireHttps = address.StartsWith("https:", StringComparison.OrdinalIgnoreCase) })
        {
            // Keys that the authority has withdrawn are not trusted until the end of their lifetime.
            AutomaticRefreshInterval = BaseConfigurationManager.MinimumAutomaticRefreshInterval,
            UseLastKnownGoodConfiguration = false,
        }
        : null;

    // The tokens that the keys of an authority have verified; they go when its configuration is read again.
    private readonly ConditionalWeakTable<OpenIdConnectConfiguration, TokenKeys> discovered = [];

    private ITimer? timer;

    /// <summary>Reads the keys; fails the start if there are none.</summary>
    public async Task Start()
    {
        files?.Start();
        if (authority is null) return;
        try
        {
            await authority.GetConfigurationAsync(CancellationToken.None);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            throw new StartupException(
                $"Security:Jwt:Authority gives no keys: {settings.Authority}{Discovery} must answer with an OIDC discovery document",
                exception);
        }

        timer = clock.CreateTimer(_ => _ = authority.GetConfigurationAsync(CancellationToken.None), null, Period, Period);
    }

    /// <summary>Reads the file of keys, if there is one; fails the start when it cannot be used. An authority is not asked.</summary>
    public static bool Expect(JwtSettings settings)
    {
        using var tokens = new BearerTokens(settings, new Roles(new()), TimeProvider.System, NullLogger<BearerTokens>.Instance);
        tokens.files?.Start();
        return true;
    }

    /// <summary>What a token proves, if that is known without verifying it again; null otherwise.</summary>
    /// <param name="authorization">The scheme and the token.</param>
    public Proof? Known(string authorization) => files?.Current.Known(authorization, clock.GetUtcNow());

    /// <summary>The identity that a token proves now.</summary>
    /// <param name="authorization">The scheme and the token.</param>
    public async ValueTask<Proof> Verify(string authorization)
    {
        var keys = authority is null
            ? files!.Current
            : discovered.GetValue(await authority.GetConfigurationAsync(CancellationToken.None), _ => new([]));
        return keys.Known(authorization, clock.GetUtcNow()) ?? await Verify(authorization, keys);
    }

    public void Dispose()
    {
        timer?.Dispose();
        files?.Dispose();
    }

    private async Task<Proof> Verify(string authorization, TokenKeys keys)
    {
        var result = await handler.ValidateTokenAsync(authorization[Scheme.Length..].Trim(), new()
        {
            ValidAlgorithms = settings.Algorithms,
            ValidAudience = settings.Audience,
            ValidIssuer = settings.Issuer,
            ClockSkew = settings.ClockSkew,
            IssuerSigningKeys = keys.Keys,
            ConfigurationManager = authority,
        });
        if (!result.IsValid) return new(null, Flaw(result.Exception));

        var verified = (JsonWebToken)result.SecurityToken;
        var subject = Texts(verified, settings.ActorClaim).FirstOrDefault() ?? "";
        if (!Identity.IsSubject(subject))
            return new(null, $"the claim {settings.ActorClaim} of the bearer token does not name the caller: request a token that has it");
        var until = End(verified.ValidTo);
        var proof = new Proof(new(subject, roles.Of(subject, Texts(verified, settings.RolesClaim))) { Until = until });
        var aged = clock.GetUtcNow() + MaxAge;
        keys.Keep(authorization, proof, until < aged ? until : aged);
        return proof;
    }

    // Compares before it adds: a token can name the last second of the calendar.
    private DateTimeOffset End(DateTime expires) =>
        expires < DateTime.MaxValue - settings.ClockSkew ? new DateTimeOffset(expires) + settings.ClockSkew : DateTimeOffset.MaxValue;

    // The values of a claim that is a text or a list of texts.
    private static IEnumerable<string> Texts(JsonWebToken token, string claim) =>
        token.Claims.Where(one => one.Type == claim).Select(one => one.Value);

    private string Flaw(Exception exception) => exception switch
    {
        SecurityTokenExpiredException => "the bearer token has expired: request a new one",
        SecurityTokenNotYetValidException => "the bearer token is not valid yet: compare the clocks of its issuer and of the service",
        SecurityTokenNoExpirationException => "the bearer token has no expiration time: request one that has",
        SecurityTokenInvalidAudienceException => $"the bearer token is for another audience: request one for \"{settings.Audience}\"",
        SecurityTokenInvalidIssuerException => "the bearer token is from another issuer: request one from the issuer of the service",
        SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException =>
            $"the bearer token is not signed by a key of its issuer with {string.Join(", ", settings.Algorithms)}: request a new one",
        _ => "the bearer token cannot be read: send a JSON Web Token",
    };
}
