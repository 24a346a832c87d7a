using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Grpc.AspNetCore.Server;
using VirtualServers.Domain;

namespace VirtualServers.Service.Security;

/// <summary>
/// Decides, before a request is read, who calls, and whether that caller may call the method. Whether an object exists plays no part in
/// it (AIP-211).
/// </summary>
public sealed class Gate(SecuritySettings settings, BearerTokens? tokens = null, ClientCertificates? certificates = null)
{
    private static readonly Identity WarmUp = new("warm-up", Access.Everything);

    /// <summary>The authorization with which the service calls itself to warm up: random for each start, and never stored.</summary>
    public string OwnCredentials { get; } = BearerTokens.Scheme + Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// What the credentials of a call prove, if they are known: finding that out costs nothing that a flood of calls could use up. Null if
    /// they have to be verified, or if there are none.
    /// </summary>
    public Proof? Known(HttpContext http) =>
        tokens is not null && http.Request.Headers.Authorization is [{ } text] && !Permissions.Open.Contains(MethodOf(http))
            ? tokens.Known(text) : null;

    /// <summary>Makes the caller known; returns the violation of a call that is not permitted.</summary>
    /// <param name="known">What <see cref="Known"/> has found.</param>
    public async ValueTask<Violation?> Enter(HttpContext http, Proof? known)
    {
        var method = MethodOf(http);
        if (!settings.Authenticates || Permissions.Open.Contains(method))
        {
            Caller.Set(http, settings.Authenticates ? Identity.Nobody : Identity.Local, Permissions.Required.GetValueOrDefault(method));
            return null;
        }

        var (identity, flaw) = known ?? await Verify(http);
        // A path without a method is answered by gRPC: there is no such method, or it is no call.
        var required = method.Length == 0 ? null : Permissions.Required[method];
        Caller.Set(http, identity ?? Identity.Nobody, required);
        if (identity is null) return new(Reason.Unauthenticated, "", flaw);
        return required is { } permission ? Denied(identity, permission, method) : null;
    }

    private static string MethodOf(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName ?? "";

    // Inventory and the operation of the service concern all tenants.
    private static Violation? Denied(Identity identity, Permission permission, string method) =>
        (identity.Access.Scope(permission), permission) switch
        {
            (null, _) => new(
                Reason.PermissionDenied, "",
                $"{identity.Subject.InQuotes} lacks the permission {permission.Spelled()}, which {method} requires: "
                + "use a role that has it"),
            ({ IsUnlimited: false }, Permission.InventoryWrite or Permission.RegistryAdmin) => new(
                Reason.PermissionDenied, "",
                $"{identity.Subject.InQuotes} has the permission {permission.Spelled()} for some tenants, and {method} concerns all: "
                + "use a role that has it without tenants"),
            _ => null,
        };

    private async ValueTask<Proof> Verify(HttpContext http)
    {
        if (http.Request.Headers.Authorization is { Count: > 0 } authorization)
        {
            if (authorization is not [{ } text] || !text.StartsWith(BearerTokens.Scheme, StringComparison.OrdinalIgnoreCase))
                return new(null, "metadata authorization is not a bearer token: send it once, as Bearer and a JSON Web Token");
            if (IsOwn(text)) return new(WarmUp);
            return tokens is null ? new(null, "bearer tokens are not accepted: use a client certificate") : await tokens.Verify(text);
        }

        if (certificates is not null && http.Connection.ClientCertificate is { } certificate) return certificates.Verify(certificate);
        return new(null, $"the call has no credentials: send {Accepted}");
    }

    private string Accepted => (tokens, certificates) switch
    {
        (not null, not null) => "a bearer token in the metadata authorization, or use a client certificate",
        (null, _) => "them in a client certificate",
        _ => "a bearer token in the metadata authorization",
    };

    private bool IsOwn(string text) => text.Length == OwnCredentials.Length
        && CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(text.AsSpan()), MemoryMarshal.AsBytes(OwnCredentials.AsSpan()));
}
