namespace VirtualServers.Domain.Pools;

/// <summary>Take one more member. The same member again changes nothing.</summary>
public sealed record AddMember(MemberDraft Draft) : Command<Draft>;

/// <summary>Have one member be as asked; what the draft does not mention stays.</summary>
/// <param name="Key">Which one; null when that can't be read.</param>
/// <param name="Draft">The wanted values.</param>
public sealed record UpdateMember(MemberKey? Key, MemberDraft Draft) : Command<Draft>;

/// <summary>Let one member go.</summary>
/// <param name="Key">Which one; null when that can't be read.</param>
/// <param name="AllowMissing">Succeed when there is no such member.</param>
public sealed record RemoveMember(MemberKey? Key, bool AllowMissing = false) : Command<Draft>;

/// <summary>Have these members, whole as they are written; what is equal is kept.</summary>
/// <param name="Wanted">The members wanted.</param>
/// <param name="AdditiveOnly">Keep the members that are not among them.</param>
public sealed record ReplaceMembers(IReadOnlyList<MemberDraft> Wanted, bool AdditiveOnly = false) : Command<Draft>;

/// <summary>Offer another certificate profile where members offer this one.</summary>
/// <param name="From">The profile that goes.</param>
/// <param name="To">The profile that takes its place.</param>
/// <param name="Members">The members meant; null for all.</param>
public sealed record RotateCertificate(Guid From, Guid To, ValueSet<Guid>? Members = null) : Command<Draft>;

/// <summary>How a caller points at a member of a pool.</summary>
public abstract record MemberKey
{
    private MemberKey() { }

    /// <summary>The member of this id.</summary>
    public sealed record ById(Guid Id) : MemberKey
    {
        /// <inheritdoc/>
        public override string ToString() => $"pool member {Id}";
    }

    /// <summary>The member at this address and port.</summary>
    public sealed record ByEndpoint(Reference IpAddress, int Port) : MemberKey
    {
        /// <summary>The reference that it makes.</summary>
        public FieldReference FieldReference => new($"endpoint.{Field.IpAddress}", Kind.IpAddress, IpAddress);

        /// <inheritdoc/>
        public override string ToString() => $"pool member {IpAddress} port {Port}";
    }
}
