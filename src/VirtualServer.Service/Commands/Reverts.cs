using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Monitors;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Security;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Commands;

/// <summary>The outcome of a revert.</summary>
/// <param name="Stored">
/// The object as it is stored, whose version, etag and times the answer has; before a revert that is only validated.
/// </param>
public sealed record Reverted(IView? Before, IView After, IView? Stored, Names Names, ConditionEffect Conditions);

/// <summary>
/// Brings an object back to the content of an earlier version: an update of every field, decided by the rules of today. It refers to
/// objects by id, whatever their names are now.
/// </summary>
public sealed class Reverts(Registry registry, History history)
{
    public async Task<TAnswer> Execute<TAnswer>(
        PastQuery query, CallOptions options, Caller caller, Func<Reverted, TAnswer> answer, CancellationToken cancellation)
        where TAnswer : IMessage<TAnswer>, new()
    {
        query = query with { Malformed = [.. query.Malformed, .. options.Malformed] };
        var past = (await history.ViewsAt(query, caller.Reads, cancellation))[0];
        return past switch
        {
            View<VirtualServer> server => await Revert(
                Resources.VirtualServer, server, Domain.VirtualServers.Draft.Of(server.Content)),
            View<LoadBalancerPool> pool => await Revert(Resources.LoadBalancerPool, pool, Domain.Pools.Draft.Of(pool.Content)),
            View<HealthCheckMonitor> monitor => await Revert(
                Resources.HealthCheckMonitor, monitor, Domain.Monitors.Draft.Of(monitor.Content)),
            View<CertificateProfile> profile => await Revert(
                Resources.CertificateProfile, profile, Domain.Certificates.Draft.Of(profile.Content)),
            _ => throw new Refused(new Violation(
                Reason.FieldInvalid, "target", $"a {past.Content.Kind.Words} belongs to another system: change it there, and upsert it")),
        };

        Task<TAnswer> Revert<T, TDraft>(Resource<T, Command<TDraft>> resource, View<T> to, TDraft draft)
            where T : class, IRegistered
            where TDraft : IDraft =>
            registry.Execute(
                new Call<T, Command<TDraft>>(
                    resource with { Decide = (command, state, facts) => OfPoint(resource.Decide(command, state, facts), state, caller) },
                    new Address.ById(to.Id, resource.What), new Command<TDraft>.Configure(draft), options),
                caller, done => answer(new(done.Before, done.View!, done.Stored, done.Names, done.Conditions)), cancellation);
    }

    // The request has no field of the object: what the rules say against one, they say against the content of the point. The caller did not
    // send its references, and learns no id of an object that it may not read.
    private static Decision<Event<T>> OfPoint<T>(Decision<Event<T>> decision, Lifecycle<T> state, Caller caller)
        where T : class, IRegistered =>
        decision is not Decision<Event<T>>.Rejected(var violations) ? decision : new Decision<Event<T>>.Rejected(
        [
            .. violations.Select(one => one switch
            {
                { Reason: Reason.NotFound, Field: "" }
                    when state is Lifecycle<T>.Deleted(var last) && caller.Reads.CanRead(last.Tenant) => one with
                {
                    Message = $"{last.Kind.Words} {last.Name.InQuotes} is deleted: undelete it first",
                },
                { Field: "" } => one,
                { Reason: Reason.ReferenceNotFound } when !caller.Reads.AreAll => one with
                {
                    Field = "to",
                    Message = $"{one.Field} of that version is not registered, or another object that you may not see",
                },
                _ => one with { Field = "to" },
            }),
        ]);
}
