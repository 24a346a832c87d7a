using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Feed;

/// <summary>
/// The places of watchers among the changes, as tokens: bound to the epoch of the registry, to the filter, and to the tenants that the
/// caller may read.
/// </summary>
public sealed class ChangeTokens(PageTokens tokens, Epochs epochs)
{
    /// <summary>The answer to a token of changes that the registry does not have.</summary>
    public static Violation Ahead => new(
        Reason.TokenExpired, "token", "token is ahead of the registry, whose database was restored: start with a snapshot");

    /// <summary>The answer to a token of a former epoch.</summary>
    public static Violation OfFormerEpoch(string field) => new(
        Reason.TokenExpired, field, $"{field} was given before the database was restored: start with a snapshot");

    private static Violation Invalid => new(
        Reason.FieldInvalid, "token", "token does not belong to this filter: use the token of a response, and repeat its filter unchanged");

    /// <summary>The token of a place; fails if the epoch in which it was read has ended, because the token would be of the next.</summary>
    public async Task<string> Write(
        FeedPlace place, Guid epoch, string identity, Tenants readable, CancellationToken cancellation)
    {
        var token = await tokens.Write(
            new Bound(identity, place.Sequence, place.Known.Count == 0 ? null : [.. place.Known]), readable, cancellation);
        return await epochs.Current(cancellation) == epoch ? token : throw new EpochEnded();
    }

    /// <summary>The place of a token.</summary>
    public async Task<FeedPlace> Read(string token, string identity, Tenants readable, CancellationToken cancellation)
    {
        var found = await tokens.Find<Bound>(token, readable, place => place.Watch == identity, cancellation);
        return found switch
        {
            (null, _) => throw new Refused(Invalid),
            (_, false) => throw new Refused(OfFormerEpoch("token")),
            ({ } bound, true) => new(bound.Sequence, (bound.Known ?? []).ToHashSet()),
        };
    }

    private sealed record Bound(string Watch, long Sequence, long[]? Known);
}

/// <summary>What a watcher knows: every change up to a sequence number, and some later ones, which its snapshot contained.</summary>
public sealed record FeedPlace(long Sequence, IReadOnlySet<long> Known)
{
    /// <summary>The place of a watcher that knows no later change.</summary>
    public static FeedPlace At(long sequence) => new(sequence, new HashSet<long>());

    /// <summary>The place after a later change.</summary>
    public FeedPlace Then(long sequence) =>
        new(sequence, Known.Count == 0 ? Known : Known.Where(later => later > sequence).ToHashSet());
}
