using System.Collections;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Service.Queries;
using Kind = VirtualServers.Domain.Kind;

namespace VirtualServers.Service.Wire;

/// <summary>Reads what requests for many objects have in common.</summary>
public static class Reads
{
    private const int MaxTargets = 1000;

    // They choose a page of a list, and do not change the list.
    private static readonly string[] PageFields = ["page_size", "page_token", "with_total_size", "with_changes"];

    /// <summary>The query of one owned object.</summary>
    public static ObjectQuery ToQuery(V1.IGetRequest request, Kind kind) =>
        ToQuery(Requests.Target(request, kind), [kind], request.ReadTime);

    /// <summary>The query of one object.</summary>
    /// <param name="kinds">The kinds that it may be of.</param>
    public static ObjectQuery ToQuery(Target target, IReadOnlyList<Kind> kinds, Timestamp? readTime) =>
        new(kinds, target) { ReadTime = ToReadTime(readTime, out var timeless), Malformed = timeless };

    /// <summary>The query of a list.</summary>
    /// <param name="kinds">The kinds of objects in the list.</param>
    public static ListQuery ToQuery(V1.IListRequest request, IReadOnlyList<Kind> kinds, FilterReader filter, ReadMask mask)
    {
        var time = ToReadTime(request.ReadTime, out var timeless);
        return new(kinds, request.PageSize, request.PageToken, Identity(request))
        {
            ShowDeleted = request.ShowDeleted,
            Filters = filter.Filters,
            OrderBy = request.OrderBy,
            ReadTime = time,
            WithTotalSize = request.WithTotalSize,
            Parts = mask.Parts,
            Malformed = [.. filter.Violations, .. timeless, .. mask.Violations],
        };
    }

    /// <summary>The query of a batch.</summary>
    public static BatchQuery ToQuery(
        V1.IBatchGetRequest request, IReadOnlyList<Kind> kinds, IReadOnlyList<Target> targets, ReadMask mask)
    {
        var time = ToReadTime(request.ReadTime, out var timeless);
        return new(kinds, targets)
        {
            ReadTime = time,
            Parts = mask.Parts,
            Malformed = [.. Count(targets.Count), .. targets.Index().SelectMany(Indexed), .. timeless, .. mask.Violations],
        };
    }

    /// <summary>The targets of a batch of owned objects.</summary>
    public static IReadOnlyList<Target> ToTargets(IEnumerable<V1.BatchTarget> targets, Kind kind) =>
        [.. targets.Select(target => Requests.Target(kind, target.Id, target.Name))];

    /// <summary>The response with the end of the page and the number of all objects.</summary>
    public static TResponse Paged<TResponse, TMessage>(this TResponse response, Page<TMessage> page)
        where TResponse : V1.IListResponse
        where TMessage : IMessage
    {
        response.NextPageToken = page.NextPageToken;
        if (page.Total is not { } total) return response;
        (response.TotalSize, response.TotalSizeIsLowerBound) = (total.Number, total.IsLowerBound);
        return response;
    }

    /// <summary>The targets of a batch for which there is no object.</summary>
    public static IEnumerable<V1.MissingTarget> ToWire(IEnumerable<(int Index, Violation Cause)> missing) =>
        missing.Select(one => new V1.MissingTarget
        {
            Index = one.Index, Reason = (V1.ErrorReason)one.Cause.Reason, Message = one.Cause.Message,
        });

    private static IEnumerable<Violation> Count(int count)
    {
        if (count == 0) yield return new(Reason.FieldRequired, "targets", "targets is required: give up to 1000 ids or names");
        if (count > MaxTargets) yield return new(Reason.FieldInvalid, "targets", $"targets has {count} values: use up to {MaxTargets}");
    }

    private static IEnumerable<Violation> Indexed((int Index, Target Target) one) => one.Target.Violations.Select(violation =>
    {
        var path = $"targets[{one.Index}]";
        return violation with { Field = $"{path}.{violation.Field}", Message = $"in {path}, {violation.Message}" };
    });

    /// <summary>The past time that a request asks for; null for now.</summary>
    public static DateTimeOffset? ToReadTime(Timestamp? wire, out IReadOnlyList<Violation> malformed)
    {
        List<Violation> violations = [];
        malformed = violations;
        return Masks.ToTime(wire, "read_time", violations);
    }

    /// <summary>Equal for requests of equal meaning: values in any order, values given twice, and messages that say nothing.</summary>
    public static string Identity(IMessage sent)
    {
        var request = sent.Descriptor.Parser.ParseFrom(sent.ToByteString());
        foreach (var field in PageFields) request.Descriptor.FindFieldByName(field)?.Accessor.Clear(request);
        // The token is bound to the object itself, by whatever name it is asked for.
        if (request is V1.ListVirtualServersRequest { Filter: { } filter }) filter.InConditionWith = null;
        Normalize(request);
        return Convert.ToBase64String([.. SHA256.HashData([.. sent.Descriptor.FullName.Select(c => (byte)c), .. request.ToByteArray()])]);
    }

    private static void Normalize(IMessage message)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRepeated) Normalize((IList)field.Accessor.GetValue(message));
            else if (field.FieldType == FieldType.Message && field.Accessor.GetValue(message) is IMessage inner)
            {
                Normalize(inner);
                if (inner.CalculateSize() == 0) field.Accessor.Clear(message);
            }
        }
    }

    private static void Normalize(IList values)
    {
        foreach (var message in values.OfType<IMessage>()) Normalize(message);
        object[] ordered = [.. values.Cast<object>().Distinct().OrderBy(Text, StringComparer.Ordinal)];
        values.Clear();
        foreach (var value in ordered) values.Add(value);
    }

    private static string Text(object value) => value is IMessage message ? message.ToByteString().ToBase64() : $"{value}";
}
