using System.Runtime.CompilerServices;
using Marten;
using VirtualServers.Domain;
using VirtualServers.Service.Security;

namespace VirtualServers.Service.Store;

/// <summary>One event to be stored.</summary>
/// <param name="Before">The view before the event, which the projection starts from; null for the first event of an object.</param>
/// <param name="After">The view after the event.</param>
/// <param name="Content">The type of the object's content, which names the kind of a new stream.</param>
public sealed record PendingEvent(IView? Before, IView After, Type Content, object Happened)
{
    /// <summary>The object of the event.</summary>
    public Guid Id => After.Id;

    /// <summary>The reason for this event, if it differs from that of the commit.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The event that leads from one view to the next.</summary>
    public static PendingEvent Of<T>(View<T>? before, View<T> after, Event<T> happened) where T : class, IRegistered =>
        new(before, after, typeof(T), happened);

    /// <summary>
    /// The violation when the caller may change objects of these tenants only, and the object is another's before or after the event; null
    /// when the caller may change it.
    /// </summary>
    public Violation? Denied(Tenants changeable) => (Before, After) switch
    {
        ({ Tenant: null }, _) when !changeable.CanChange(null) => Denied("is shared: change objects of your tenants only"),
        ({ Tenant: var was }, _) when !changeable.CanChange(was) => Denied(
            "belongs to a tenant whose objects you may not change: change objects of your tenants only"),
        (_, { Tenant: null }) when !changeable.CanChange(null) => Denied("would be shared: set tenant to one of your tenants"),
        (_, { Tenant: var now }) when !changeable.CanChange(now) => Denied(
            "would belong to a tenant whose objects you may not change: set tenant to one of your tenants"),
        _ => null,
    };

    private Violation Denied(string because) => new(
        Domain.Reason.PermissionDenied, "", $"{After.Content.Kind.Words} {After.Content.Name.InQuotes} {because}");

    internal void Queue(IDocumentSession session, Commit commit)
    {
        var stream = Before is null
            ? session.Events.StartStream(Content, Id, Happened)
            : session.Events.Append(Id, Before.Version + 1, Happened);
        var stored = stream.Events[0];
        stored.Timestamp = After.UpdateTime;
        (stored.CorrelationId, stored.CausationId, stored.UserName) =
            (commit.Caller.CorrelationId, commit.CausationId, commit.Caller.Actor);
        var reason = Reason.Length > 0 ? Reason : commit.Reason;
        if (reason.Length > 0) stored.SetHeader(Headers.Reason, reason);
        if (commit.Caller.AuthenticatedAs is { Length: > 0 } subject) stored.SetHeader(Headers.AuthenticatedAs, subject);
        if (After.Epoch is { } epoch) stored.SetHeader(Headers.Epoch, epoch.ToString());
        if (Before is not null) ViewsBefore.Carry(session, Before);
    }
}

/// <summary>
/// The views that a transaction starts from. Its session carries them from the command, which has read them, to the inline projection,
/// which would otherwise have to read them again.
/// </summary>
public static class ViewsBefore
{
    private static readonly ConditionalWeakTable<IDocumentOperations, Dictionary<Guid, IView>> Carried = [];

    /// <summary>Adds a view to a session.</summary>
    public static void Carry(IDocumentOperations session, IView view) => Carried.GetOrCreateValue(session)[view.Id] = view;

    /// <summary>The view of an object before the next event of the session; null when the session does not carry it.</summary>
    public static IView? Of(IDocumentOperations session, Guid id) =>
        Carried.TryGetValue(session, out var views) ? views.GetValueOrDefault(id) : null;
}
