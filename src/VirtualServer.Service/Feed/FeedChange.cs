using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;
using VirtualServers.Service.Wire;
using VirtualServers.V1;
using Kind = VirtualServers.V1.Kind;
using VirtualServer = VirtualServers.Domain.VirtualServers.VirtualServer;

namespace VirtualServers.Service.Feed;

/// <summary>
/// A committed event with its object before and after it: the public change, for readers of all objects and for those of some tenants.
/// </summary>
public sealed class FeedChange
{
    // Deletion is a change of delete_time.
    private static readonly HashSet<string> Unmentioned = [.. RegistryObjects.Bookkeeping.Except(["id", "delete_time", "conditions"])];

    private readonly CommittedEvent committed;
    private readonly OwnedNames names;
    private readonly Lazy<Change> all;

    private FeedChange(CommittedEvent committed, IView? before, IView? after, OwnedNames names, Guid epoch)
    {
        (this.committed, Before, After, this.names, Epoch) = (committed, before, after, names, epoch);
        all = new(() => Write(Before, After, names.For(Tenants.All)));
    }

    /// <summary>The epoch in which it was read.</summary>
    public Guid Epoch { get; }

    /// <summary>The position among all changes of the epoch.</summary>
    public long Sequence => committed.Sequence;

    /// <summary>The id of the event, which is that of every message about it.</summary>
    public Guid EventId => committed.EventId;

    /// <summary>The object, whose changes keep their order.</summary>
    public Guid ObjectId => committed.ObjectId;

    /// <summary>The type of the change.</summary>
    public string Type => committed.Type;

    /// <summary>Whether it is news of a condition, and no change of an object.</summary>
    public bool IsNews => committed.News is not null;

    /// <summary>The time of the event.</summary>
    public DateTimeOffset Time => committed.Time;

    /// <summary>The object before the change; null if there was none.</summary>
    public IView? Before { get; }

    /// <summary>The object after the change; null if the event cannot be read.</summary>
    public IView? After { get; }

    /// <summary>Why the event cannot be read; null if it can.</summary>
    public Exception? Flaw { get; private init; }

    /// <summary>The span of the call that made the change, as W3C trace context writes it; empty if there was none.</summary>
    public string Span => committed.Fact?.Span ?? "";

    /// <summary>The change with all that it says. Written once, however many read it.</summary>
    public Change Whole => all.Value;

    /// <summary>A change that can be told.</summary>
    public static FeedChange Of(CommittedEvent committed, IView? before, IView after, OwnedNames names, Guid epoch) =>
        new(committed, before, after, names, epoch);

    /// <summary>An event that cannot be read, or does not fit the events before it.</summary>
    public static FeedChange Unreadable(CommittedEvent committed, Exception flaw, Guid epoch) =>
        new(committed, null, null, OwnedNames.None, epoch) { Flaw = flaw };

    /// <summary>The names of the objects that it refers to before and after the change, which a caller may read.</summary>
    public Names Names(Tenants readable) => names.For(readable);

    /// <summary>A state of the object; null for a caller that may not read it.</summary>
    public static IView? Readable(IView? view, Tenants readable) =>
        view is not null && readable.CanRead(view.Tenant) ? view : null;

    /// <summary>
    /// The change for a caller that may read the objects of some tenants: without the states of the object and the references that it may
    /// not read.
    /// </summary>
    /// <param name="before">The state before it, if the caller may read it.</param>
    /// <param name="after">The state after it, if the caller may read it.</param>
    /// <param name="names">The names that the caller may read.</param>
    public Change For(Tenants readable, IView? before, IView? after, Names names) =>
        readable.AreAll ? Whole : Write(before, after, names);

    private Change Write(IView? before, IView? after, Names names)
    {
        var was = before is null ? null : RegistryObjects.ToWire(before, names);
        var now = after is null ? null : RegistryObjects.ToWire(after, names);
        var known = after ?? before;
        // Nobody has called for news.
        var fact = IsNews ? null : committed.Fact;
        var written = new Change
        {
            Epoch = Epoch.ToString(),
            Sequence = Sequence,
            EventId = EventId.ToString(),
            Type = Type,
            Kind = (Kind)(known?.Content.Kind ?? 0),
            Id = ObjectId.ToString(),
            Name = known?.Content.Name ?? "",
            // News have no version of their own.
            Version = checked((int)(IsNews && known is not null ? known.Version : committed.Version)),
            Time = Time.ToTimestamp(),
            Actor = fact?.Actor ?? "",
            Reason = fact?.Reason ?? "",
            CorrelationId = fact?.CorrelationId ?? "",
            AuthenticatedAs = fact?.AuthenticatedAs ?? "",
            ChangedFields = { was is null || now is null ? [] : Differences(RegistryObjects.Content(was), RegistryObjects.Content(now)) },
            Before = was,
            After = now,
        };
        if (committed.News is { } news && after is View<VirtualServer> server) Tell(news, server.Content, names, written);
        return written;
    }

    private static void Tell(ConditionNews news, VirtualServer server, Names names, Change written)
    {
        IReadOnlyList<Named> concerned = news.Other is { } other ? [names.Of(other) ?? Hidden(other)] : [];
        written.ChangedFields.Add("conditions");
        written.Condition = ConditionWire.ToWire(new(news.Condition, concerned.Count, concerned), server);
        if (news.Cause is not { } cause || names.Of(cause.Object) is not { } changed) return;
        written.Cause = new()
        {
            Sequence = cause.Sequence, EventId = cause.Event.ToString(), Type = cause.Type, Object = RegistryObjects.ToWire(changed),
        };
    }

    private static Named Hidden(Guid id) => new Named(id, 0, "", "").Hidden();

    private static IEnumerable<string> Differences(IMessage was, IMessage now) =>
        now.Descriptor.Fields.InDeclarationOrder()
            .Where(field => !Unmentioned.Contains(field.Name) && !RegistryObjects.AreEqual(field, was, now))
            .Select(field => field.Name);
}
