using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Service.Store;
using VirtualServers.Service.Views;
using static VirtualServers.Service.Wire.Masks;
using Field = VirtualServers.Domain.Certificates.Field;

namespace VirtualServers.Service.Wire;

/// <summary>Certificate profiles from and to the contract. Enums have the same numbers on both sides; unknown ones pass, to be refused by the rules.</summary>
public static class CertificateProfileWire
{
    /// <summary>Where the object stands in a request.</summary>
    public const string Prefix = "certificate_profile.";

    /// <summary>The object as the contract has it.</summary>
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
            Tenant = names.Of(content.Tenant),
        }.Stamp(view);
    }

    /// <summary>The rotation that a request asks for.</summary>
    public static Rotation ToRotation(V1.RotateCertificateProfileRequest wire) => new(
        ToReference(wire.From), ToReference(wire.To), [.. wire.VirtualServers.Select(server => ToReference(server)!.Value)],
        [.. wire.PoolMembers.Select(member => (ToReference(member.LoadBalancerPool), member.MemberId))]);

    /// <summary>Who a rotation changed.</summary>
    public static V1.RotateCertificateProfileResponse ToWire(Rotated rotated) => new()
    {
        VirtualServers = { rotated.Servers.Select(ToWire) },
        LoadBalancerPools =
        {
            rotated.Pools.Select(pool => new V1.RotatedPool { LoadBalancerPool = ToWire(pool.Pool), MemberIds = { pool.Members.Select(member => member.ToString()) } }),
        },
    };

    private static V1.Reference ToWire(Named named) => new() { Id = named.Id.ToString(), Name = named.Name };

    /// <summary>All fields as asked for; what is left out is unset.</summary>
    public static Draft ToDraft(V1.CertificateProfile? wire) => ToDraft(wire ?? new(), All);

    /// <summary>The fields that a mask names, and what is wrong with the mask.</summary>
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
