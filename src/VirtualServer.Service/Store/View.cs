using System.Text.Json.Serialization;
using VirtualServers.Domain;

namespace VirtualServers.Service.Store;

/// <summary>
/// The read model of one object, which commands are decided on: written in the transaction of the event, so that callers read their own
/// writes. It holds the ids of the objects it refers to; their names are joined when it is read.
/// </summary>
/// <typeparam name="T">The content of the object.</typeparam>
public sealed record View<T> : IView where T : class, IRegistered
{
    public required Guid Id { get; init; }

    public required long Version { get; init; }

    /// <summary>The content; of a deleted object, the content at its deletion.</summary>
    public required T Content { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public required DateTimeOffset UpdateTime { get; init; }

    /// <summary>Set only while the object is deleted.</summary>
    public DateTimeOffset? DeleteTime { get; init; }

    /// <inheritdoc/>
    public Guid? Epoch { get; init; }

    [JsonPropertyName("living")]
    public bool IsLive => DeleteTime is null;

    IRegistered IView.Content => Content;

    /// <inheritdoc/>
    [JsonIgnore]
    public Guid? Tenant => Content.Kind is Kind.Tenant ? Id : Content.Tenant;

    /// <summary>The state that commands are decided on.</summary>
    [JsonIgnore]
    public Lifecycle<T> State => IsLive ? new Lifecycle<T>.Live(Content) : new Lifecycle<T>.Deleted(Content);

    /// <summary>
    /// The precondition that callers may send back (AIP-154): different for every version of every object, and for a version that a
    /// restored database has lost and the one that it has written instead.
    /// </summary>
    [JsonIgnore]
    public string Etag => $"{Id.ToString("N")[^8..]}-{Version}{(Epoch is { } epoch ? $"-{epoch.ToString("N")[..8]}" : "")}";

    /// <summary>The view after one more event, which led to this state.</summary>
    public static View<T> After(View<T>? before, Guid id, Lifecycle<T> state, Written written) => state switch
    {
        Lifecycle<T>.Live(var now) => Next(before, id, now, written),
        Lifecycle<T>.Deleted(var then) => Next(before, id, then, written) with { DeleteTime = written.Time },
        _ => throw new ArgumentException("no event leads to an absent object", nameof(state)),
    };

    private static View<T> Next(View<T>? before, Guid id, T content, Written written) => new()
    {
        Id = id,
        Version = (before?.Version ?? 0) + 1,
        Content = content,
        CreateTime = before?.CreateTime ?? written.Time,
        UpdateTime = written.Time,
        Epoch = written.Epoch,
    };
}

/// <summary>A view of any kind of object.</summary>
public interface IView
{
    /// <summary>The object's id, which is also the id of its stream.</summary>
    Guid Id { get; }

    /// <summary>The number of events of the object.</summary>
    long Version { get; }

    /// <summary>The content; of a deleted object, the content at its deletion.</summary>
    IRegistered Content { get; }

    /// <summary>The tenant that owns the object; null for a shared one. A tenant owns itself.</summary>
    Guid? Tenant { get; }

    DateTimeOffset CreateTime { get; }

    DateTimeOffset UpdateTime { get; }

    /// <summary>Set only while the object is deleted.</summary>
    DateTimeOffset? DeleteTime { get; }

    /// <summary>The epoch in which this version was written; null for the first epoch.</summary>
    Guid? Epoch { get; }

    /// <summary>Whether the object exists and is not deleted.</summary>
    bool IsLive { get; }

    /// <summary>The precondition that callers may send back.</summary>
    string Etag { get; }
}
