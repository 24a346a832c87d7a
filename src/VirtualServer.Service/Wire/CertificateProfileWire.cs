using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Store;
using VirtualServers.Service.Queries;
using static VirtualServers.Service.Wire.Masks;
using Field = VirtualServers.Domain.Certificates.Field;

namespace VirtualServers.Service.Wire;

/// <summary>
/// Certificate profiles from and to the contract. Enum values have the same numbers on both sides; unknown ones pass, and the rules reject
/// them.
/// </summary>
public static class CertificateProfileWire
{
    private const int MaxRotatedBytes = 1_500_000;

    /// <summary>The object in the contract.</summary>
    public static V1.CertificateProfile ToWire(View<CertificateProfile> view, Names names)
    {
        var content = view.Content;
        return new V1.CertificateProfile
        {
            Name = content.Name,
            CertificateType = (V1.CertificateType)(content.Type ?? 0),
            CertificateFilePath = content.Files.Certificate,
            ChainFilePath = content.Files.Chain,
            KeyFilePath = content.Files.Key,
            Cipher = content.Cipher,
            ExpirationDate = content.ExpirationDate?.ToTimestamp(),
            Tenant = names.ToReference(content.Tenant),
        }.Stamp(view);
    }

    /// <summary>The object after a command; null when there is none.</summary>
    public static V1.CertificateProfile? ToWire(Executed<CertificateProfile> done) => RegistryObjects.ToWire(done, ToWire);

    /// <summary>The object as it was read.</summary>
    public static V1.CertificateProfile ToWire(Loaded<CertificateProfile> loaded) => ToWire(loaded.View!, loaded.Names);

    /// <summary>The rotation that a request asks for.</summary>
    public static Rotation ToRotation(V1.RotateCertificateProfileRequest wire) => new(
        ToReference(wire.From), ToReference(wire.To), ToReferences(wire.VirtualServers),
        [.. wire.PoolMembers.Select(member => (ToReference(member.LoadBalancerPool), member.MemberId))]);

    /// <summary>The objects that a rotation changed: their numbers, and as many of the objects as a client accepts.</summary>
    public static V1.RotateCertificateProfileResponse ToWire(Rotated rotated)
    {
        var pools = rotated.Pools.Select(pool => new V1.RotatedPool
        {
            LoadBalancerPool = RegistryObjects.ToReference(pool.Pool), MemberIds = { pool.Members.Select(member => member.ToString()) },
        });
        return new V1.RotateCertificateProfileResponse
        {
            VirtualServers = { rotated.Servers.Select(RegistryObjects.ToReference).Within(MaxRotatedBytes) },
            LoadBalancerPools = { pools.Within(MaxRotatedBytes) },
            VirtualServerCount = rotated.Servers.Count,
            PoolMemberCount = rotated.Pools.Sum(pool => pool.Members.Count),
        }.Showing(rotated.Conditions);
    }

    /// <summary>The draft of a create: every field, unset where the request leaves it out.</summary>
    public static Draft ToDraft(V1.CertificateProfile? wire) => ToDraft(wire ?? new(), All);

    /// <summary>The draft of an update: the fields that the mask names, and the violations of the mask.</summary>
    public static Draft ToDraft(V1.CertificateProfile? wire, FieldMask? mask, out IReadOnlyList<Violation> malformed) =>
        ToDraft(wire ?? new(), Given(wire, mask, "certificate_profile", out malformed));

    private static Draft ToDraft(V1.CertificateProfile wire, Func<string, bool> given) => new()
    {
        Name = If<string?>(given(Field.Name), wire.Name),
        CertificateType = If(given(Field.CertificateType), wire.CertificateType == 0 ? null : (CertificateType?)wire.CertificateType),
        CertificateFilePath = If<string?>(given(Field.CertificateFilePath), wire.CertificateFilePath),
        ChainFilePath = If<string?>(given(Field.ChainFilePath), wire.ChainFilePath),
        KeyFilePath = If<string?>(given(Field.KeyFilePath), wire.KeyFilePath),
        Cipher = If<string?>(given(Field.Cipher), wire.Cipher),
        ExpirationDate = If(given(Field.ExpirationDate), ToTime(wire.ExpirationDate)),
        Tenant = If(given(Field.Tenant), ToReference(wire.Tenant)),
    };
}
