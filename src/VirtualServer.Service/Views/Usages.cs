using System.Data.Common;
using VirtualServers.Domain;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Views;

/// <summary>One reference, seen from the object that it points at.</summary>
/// <param name="By">Who refers to it.</param>
/// <param name="Field">By which field.</param>
/// <param name="Part">The pool member that has the field; empty when it is no member's.</param>
/// <param name="Address">The address of that member.</param>
/// <param name="Port">The port of that member.</param>
/// <param name="Through">The address in the prefix asked about; null when the use is direct.</param>
public sealed record Usage(Named By, string Field, Guid Part, Named? Address, int? Port, Named? Through);

/// <summary>How many uses of an object there are by a field of a kind.</summary>
public sealed record UsageCount(Kind Kind, string Field, long Number);

/// <summary>Where an object is used, a page of it, and how often by each field in all.</summary>
public sealed record UsagePage(Named Object, IReadOnlyList<Usage> Usages, string NextPageToken, IReadOnlyList<UsageCount> Counts);

/// <summary>Finds who refers to an object, by the table of uses; for a prefix also the virtual servers whose VIP lies in it.</summary>
public sealed class Usages(PlannedReads reads)
{
    /// <param name="fields">Only by these fields; none for all.</param>
    /// <param name="malformed">What else is wrong with the request.</param>
    public async Task<UsagePage> Read(Address? address, IReadOnlyList<string> fields, int pageSize, string pageToken, IReadOnlyList<Violation> malformed, CancellationToken cancellation)
    {
        List<Violation> violations = [.. malformed];
        var size = PageSize.Read(pageSize, violations);
        var list = $"{address}/{string.Join(',', fields.Order(StringComparer.Ordinal))}";
        var after = pageToken.Length == 0 ? new(list, "", Guid.Empty, Guid.Empty) : PageToken.Read<Place>(pageToken);
        if (after?.List != list) violations.Add(PageSize.NotOfThisList);
        if (address is null || after is null || violations.Count > 0) throw new Refused(violations);

        var (named, counts, usages) = (new List<Named>(), new List<UsageCount>(), new List<Usage>());
        var questions = new Questions();
        object?[] parameters = [.. Sql.Parameters(address), fields.ToArray()];
        questions.Ask(Sql.Named(address), Sql.Parameters(address), async rows => named = await Reader.ReadNamed(rows, cancellation));
        questions.Ask(Sql.UsageCounts(address), parameters, async rows =>
        {
            while (await rows.ReadAsync(cancellation)) counts.Add(new(StoredEvents.ToKind(rows.GetString(0)), rows.GetString(1), rows.GetInt64(2)));
        });
        questions.Ask(Sql.Usages(address), [.. parameters, after.Field, after.Source, after.Part, size + 1], async rows =>
        {
            while (await rows.ReadAsync(cancellation)) usages.Add(Usage(rows));
        });
        await reads.Answer(questions, cancellation);

        if (named.Count == 0) throw new Refused(new Facts { Subject = $"{address}" }.NotFound);
        if (named.Count > 1) throw new Refused(new Violation(Reason.ReferenceAmbiguous, "name", $"{address} matches {named.Count} objects: give the namespace or the id", named[0]));
        if (usages.Count <= size) return new(named[0], usages, "", counts);
        usages.RemoveAt(size);
        var last = usages[^1];
        return new(named[0], usages, PageToken.Write(new Place(list, last.Field, last.By.Id, last.Part)), counts);
    }

    private static Usage Usage(DbDataReader rows) => new(
        Row.Named(rows), rows.GetString(4), rows.GetGuid(5),
        rows.IsDBNull(6) ? null : new(rows.GetGuid(6), Kind.IpAddress, "", rows.GetString(7)), rows.IsDBNull(8) ? null : rows.GetInt32(8),
        rows.IsDBNull(9) ? null : new(rows.GetGuid(9), Kind.IpAddress, "", rows.GetString(10)));

    private sealed record Place(string List, string Field, Guid Source, Guid Part);
}
