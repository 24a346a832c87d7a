using System.Text.Json.Serialization;
using VirtualServers.Domain;

namespace VirtualServers.Service.Views;

/// <summary>
/// The read model of one object, and what commands are decided on: written in the same transaction as the event, so that a
/// caller reads its own write. It holds the ids of what it refers to; their names are joined when it is read.
/// </summary>
/// <typeparam name="T">What the object is while it lives.</typeparam>
public sealed record View<T> : IView where T : class, IRegistered
{
    /// <summary>The object's id, and its stream's.</summary>
    public required Guid Id { get; init; }

    /// <summary>How many events have happened to it.</summary>
    public required long Version { get; init; }

    /// <summary>What it is, or was when it was deleted.</summary>
    public required T Content { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public required DateTimeOffset UpdateTime { get; init; }

    /// <summary>Only while it is deleted.</summary>
    public DateTimeOffset? DeleteTime { get; init; }

    /// <summary>Whether it holds its name and listener; the unique indexes look at this.</summary>
    public bool Live => DeleteTime is null;

    IRegistered IView.Content => Content;

    /// <summary>The state that commands are decided on.</summary>
    [JsonIgnore]
    public Lifecycle<T> State => Live ? new Lifecycle<T>.Live(Content) : new Lifecycle<T>.Deleted(Content);

    /// <summary>The precondition that callers may send back; it changes with every event, and no other object has it.</summary>
    [JsonIgnore]
    public string Etag => $"{Id.ToString("N")[^8..]}-{Version}";

    /// <summary>The view after one more event: a fold over state, version and time.</summary>
    public static View<T> After(View<T>? before, Guid id, Lifecycle<T> state, DateTimeOffset time) => state switch
    {
        Lifecycle<T>.Live(var now) => Next(before, id, now, time),
        Lifecycle<T>.Deleted(var then) => Next(before, id, then, time) with { DeleteTime = time },
        _ => throw new ArgumentException("no event leads to an absent object", nameof(state)),
    };

    private static View<T> Next(View<T>? before, Guid id, T content, DateTimeOffset time) => new()
    {
        Id = id,
        Version = (before?.Version ?? 0) + 1,
        Content = content,
        CreateTime = before?.CreateTime ?? time,
        UpdateTime = time,
    };
}

/// <summary>A view to those who need not know of what kind.</summary>
public interface IView
{
    /// <summary>How many events have happened to it.</summary>
    long Version { get; }

    /// <summary>What it is, or was when it was deleted.</summary>
    IRegistered Content { get; }
}
