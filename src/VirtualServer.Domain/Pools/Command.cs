namespace VirtualServers.Domain.Pools;

/// <summary>Adds a member. A second add of the same member changes nothing.</summary>
public sealed record AddMember(MemberDraft Draft) : Command<Draft>;

/// <summary>Changes the fields of a member that the draft gives; the others keep their values.</summary>
/// <param name="Key">The member; null when the key is malformed.</param>
/// <param name="Draft">The requested values.</param>
public sealed record UpdateMember(MemberKey? Key, MemberDraft Draft) : Command<Draft>;

/// <summary>Removes a member.</summary>
/// <param name="Key">The member; null when the key is malformed.</param>
/// <param name="AllowMissing">Succeed when the member does not exist.</param>
public sealed record RemoveMember(MemberKey? Key, bool AllowMissing = false) : Command<Draft>;

/// <summary>
/// Replaces the members. Each draft is a complete member, except that a member that exists keeps the status and label that its draft leaves
/// unset; equal members are kept.
/// </summary>
/// <param name="Wanted">The requested members.</param>
/// <param name="AdditiveOnly">Keep the members that are not listed.</param>
public sealed record ReplaceMembers(IReadOnlyList<MemberDraft> Wanted, bool AdditiveOnly = false) : Command<Draft>;

/// <summary>Replaces a certificate profile in the members that use it.</summary>
/// <param name="From">The profile to replace.</param>
/// <param name="To">The new profile.</param>
/// <param name="Members">The members to change; null for all.</param>
public sealed record RotateCertificate(Guid From, Guid To, ValueSet<Guid>? Members = null) : Command<Draft>;

/// <summary>The key of a pool member in a command.</summary>
public abstract record MemberKey
{
    private MemberKey() { }

    /// <summary>A member by its id.</summary>
    public sealed record ById(Guid Id) : MemberKey
    {
        /// <inheritdoc/>
        public override string ToString() => $"pool member {Id}";
    }

    /// <summary>A member by its address and port.</summary>
    public sealed record ByEndpoint(Reference IpAddress, int Port) : MemberKey
    {
        /// <summary>The reference to the address.</summary>
        public FieldReference FieldReference => new($"endpoint.{Field.IpAddress}", Kind.IpAddress, IpAddress);

        /// <inheritdoc/>
        public override string ToString() => $"pool member {IpAddress} port {Port}";
    }
}
