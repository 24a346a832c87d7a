using System.Text;

namespace VirtualServers.Domain.Pools;

/// <summary>
/// The size that the members of a pool can reach in a message, in bytes (domain.md, section 2: no object's message exceeds 1 MB). A rename
/// can make the name of every object they refer to as long as a name can be, and is never rejected for the sake of a pool. So each
/// reference counts with the longest name: 255 characters of up to 4 bytes.
/// </summary>
public static class MembersSize
{
    /// <summary>The maximum. The other fields of a pool have less than 100,000 bytes.</summary>
    public const int Max = 900_000;

    /// <summary>The size of a member with its address and namespace, without its label and its other references.</summary>
    public const int OfMember = 400;

    /// <summary>The size of a reference to a certificate profile, a health check monitor or a tenant.</summary>
    public const int OfReference = 1_070;

    /// <summary>The size of the members.</summary>
    public static int Of(IEnumerable<Member> members) => members.Sum(Of);

    private static int Of(Member member)
    {
        var references = member.Tls.CertificateProfiles.Count
            + (member.HealthCheckMonitor is null ? 0 : 1)
            + (member.Tenant is null ? 0 : 1);
        return OfMember + Encoding.UTF8.GetByteCount(member.Label) + (references * OfReference);
    }
}
