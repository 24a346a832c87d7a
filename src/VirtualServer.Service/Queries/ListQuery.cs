using Google.Protobuf;
using VirtualServers.Domain;

namespace VirtualServers.Service.Queries;

/// <summary>The request for a page of a list.</summary>
/// <param name="Kinds">The kinds of objects in the list.</param>
/// <param name="Identity">What the request asks for, apart from the page: equal for equal lists. A page token is bound to it.</param>
public sealed record ListQuery(IReadOnlyList<Kind> Kinds, int PageSize, string PageToken, string Identity)
{
    public bool ShowDeleted { get; init; }

    public IReadOnlyList<Filter> Filters { get; init; } = [];

    /// <summary>The order as the caller writes it; empty for ascending names.</summary>
    public string OrderBy { get; init; } = "";

    /// <summary>The past time that the list shows; null for now.</summary>
    public DateTimeOffset? ReadTime { get; init; }

    /// <summary>Whether the objects of all pages are counted.</summary>
    public bool WithTotalSize { get; init; }

    public ReadParts Parts { get; init; } = ReadParts.All;

    /// <summary>The object that the conditions of a filter concern, if it names one.</summary>
    internal ConcernedObject? Concerned => Filters.OfType<Filter.Conditions>().Select(filter => filter.Asked.With).FirstOrDefault();

    /// <summary>The violations that reading the request found.</summary>
    public IReadOnlyList<Violation> Malformed { get; init; } = [];
}

/// <summary>What is read of each object beside its own content.</summary>
/// <param name="Names">The names of the objects it refers to.</param>
/// <param name="Conditions">The conditions of a virtual server.</param>
public sealed record ReadParts(bool Names, bool Conditions)
{
    public static readonly ReadParts All = new(true, true);

    /// <summary>Every combination.</summary>
    public static readonly IReadOnlyList<ReadParts> Every = [All, new(true, false), new(false, true), new(false, false)];
}

/// <summary>A page of a list, in the messages of the answer.</summary>
/// <param name="NextPageToken">The token of the next page; empty on the last.</param>
public sealed record Page<TMessage>(IReadOnlyList<TMessage> Objects, string NextPageToken) where TMessage : IMessage
{
    /// <summary>The number of objects of all pages, if asked for: exact up to a maximum.</summary>
    public TotalSize? Total { get; init; }
}

/// <summary>A number of objects, or a lower bound of it.</summary>
public sealed record TotalSize(int Number, bool IsLowerBound);
