using System.Text;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;
using VirtualServers.Service.Store;
using VirtualServers.V1;
using Status = Google.Rpc.Status;

namespace VirtualServers.Service.Wire;

/// <summary>
/// The one table from reasons to status codes, and the one place that makes statuses: <c>google.rpc</c> details for programs (AIP-193), and
/// the message for people. Nothing else throws an <see cref="RpcException"/>.
/// </summary>
public static class Statuses
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string ErrorDomain = "virtualserver.v1";

    private static readonly Dictionary<Reason, Code> Codes = new()
    {
        [Reason.FieldRequired] = Code.InvalidArgument,
        [Reason.FieldInvalid] = Code.InvalidArgument,
        [Reason.FieldUnknown] = Code.InvalidArgument,
        [Reason.RequestIdReused] = Code.InvalidArgument,
        [Reason.NotFound] = Code.NotFound,
        [Reason.EtagMismatch] = Code.Aborted,
        [Reason.Contended] = Code.Aborted,
        [Reason.ReferenceNotFound] = Code.FailedPrecondition,
        [Reason.ReferenceAmbiguous] = Code.FailedPrecondition,
        [Reason.ReferenceMismatch] = Code.FailedPrecondition,
        [Reason.InUse] = Code.FailedPrecondition,
        [Reason.NameTaken] = Code.AlreadyExists,
        [Reason.ListenerTaken] = Code.AlreadyExists,
        [Reason.IdTaken] = Code.AlreadyExists,
        [Reason.MemberTaken] = Code.AlreadyExists,
        [Reason.Unimplemented] = Code.Unimplemented,
        [Reason.RequestTooLarge] = Code.ResourceExhausted,
        [Reason.Unauthenticated] = Code.Unauthenticated,
        [Reason.PermissionDenied] = Code.PermissionDenied,
        [Reason.TooManyCalls] = Code.ResourceExhausted,
        [Reason.RateLimited] = Code.ResourceExhausted,
        [Reason.TokenExpired] = Code.OutOfRange,
        [Reason.WatchTooSlow] = Code.ResourceExhausted,
        [Reason.Stopping] = Code.Unavailable,
        [Reason.BrokerUnavailable] = Code.Unavailable,
        [Reason.StoreUnavailable] = Code.Unavailable,
        [Reason.Internal] = Code.Internal,
    };

    // Of several violations, the code comes from the one that must be corrected before the others can be judged.
    private static readonly Code[] Precedence =
    [
        Code.Unauthenticated, Code.PermissionDenied, Code.InvalidArgument, Code.OutOfRange, Code.NotFound, Code.Aborted,
        Code.FailedPrecondition, Code.AlreadyExists, Code.Unimplemented, Code.ResourceExhausted, Code.Unavailable, Code.Internal,
    ];

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // Trailers must fit into the headers that clients accept (8 KB is common), or the client sees a broken connection instead of the
    // status.
    private const int MaxDetails = 20;
    private const int MaxBytes = 7 * 1024;
    private const int MaxMessageLength = 600;

    /// <summary>The status code of a reason.</summary>
    public static Code CodeOf(Reason reason) => Codes[reason];

    /// <summary>The reason in the contract: the same number and name.</summary>
    public static ErrorReason ToWire(this Reason reason) => (ErrorReason)reason;

    /// <summary>A reason as ErrorInfo spells it: <c>NAME_TAKEN</c>.</summary>
    public static string Spelled(this Reason reason) => Spelling.Upper(reason);

    /// <summary>The violations; those that decide the code come first.</summary>
    public static IReadOnlyList<Violation> Ordered(IEnumerable<Violation> violations) =>
    [
        .. violations.Select(violation => violation.Clashing is { IsHidden: true } ? violation with { Clashing = null } : violation)
            .Distinct().OrderBy(violation => Array.IndexOf(Precedence, Codes[violation.Reason])),
    ];

    /// <summary>The status that lists as many violations as fit.</summary>
    public static Status Of(Refused refused)
    {
        var violations = Ordered(refused.Violations);
        return Excerpts(violations, refused.Users.First).Select(Of).First(status => Size(status) <= MaxBytes);
    }

    /// <summary>The first violations in one text for people; the others are counted.</summary>
    public static string Sentence(IReadOnlyList<Violation> violations) => Sentence(violations.Take(MaxDetails), violations.Count);

    // From the whole refusal to the beginning of its first violation: the remedies go first, because the service can do without them, then
    // the last violations and users. Only a single violation that is still too long loses the middle of its message.
    private static IEnumerable<Excerpt> Excerpts(IReadOnlyList<Violation> violations, IReadOnlyList<User> users)
    {
        IReadOnlyList<Violation> listed = [.. violations.Take(MaxDetails)];
        yield return new(listed, violations.Count, users);
        IReadOnlyList<Violation> causes = [.. listed.Select(violation => violation with { Message = Cause(violation.Message) })];
        for (var count = causes.Count; count > 0; count--)
            yield return new([.. causes.Take(count)], violations.Count, users) { IsBrief = true };
        var first = causes[0];
        for (var count = users.Count; count > 0; count--)
            yield return new([first], violations.Count, [.. users.Take(count)]) { IsBrief = true };
        for (var maxLength = MaxMessageLength; maxLength > 10; maxLength /= 2)
            yield return new([first with { Message = Clipped(first.Message, maxLength) }], violations.Count, []) { IsBrief = true };
    }

    private static Status Of(Excerpt excerpt)
    {
        var (listed, users) = (excerpt.Violations, excerpt.Users);
        var first = listed[0];
        var status = new Status { Code = (int)Codes[first.Reason], Message = Sentence(listed, excerpt.Count) };

        var info = new ErrorInfo { Reason = first.Reason.Spelled(), Domain = ErrorDomain };
        if (first.Field.Length > 0) info.Metadata["field"] = first.Field;
        if (first.Clashing is { } clashing) info.Metadata["id"] = clashing.Id.ToString();
        status.Details.Add(Any.Pack(info));

        var fields = listed.Where(violation => violation.Field.Length > 0).ToList();
        if (fields.Count > 0)
        {
            var fieldViolations = fields.Select(violation => new BadRequest.Types.FieldViolation
            {
                Field = violation.Field,
                Description = violation.Message,
                Reason = violation.Reason.Spelled(),
            });
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { fieldViolations } }));
        }

        // A violation by another object that concerns no field of the request, as in an undelete, is listed by that object.
        var states = listed.Where(violation =>
            Codes[violation.Reason] == Code.FailedPrecondition || violation is { Field: "", Clashing: not null }).ToList();
        if (states.Count > 0)
        {
            var preconditions = states.Select(violation => new PreconditionFailure.Types.Violation
            {
                Type = violation.Reason.Spelled(),
                Subject = violation.Clashing?.Id.ToString() ?? violation.Field,
                Description = excerpt.IsBrief && violation.Field.Length > 0 ? "" : violation.Message,
            }).Concat(users.Skip(1).Where(user => !user.By.IsHidden).Select(user => new PreconditionFailure.Types.Violation
            {
                Type = Reason.InUse.Spelled(),
                Subject = user.By.Id.ToString(),
                Description = $"used by {user.By} as {user.Field}",
            }));
            status.Details.Add(Any.Pack(new PreconditionFailure { Violations = { preconditions } }));
        }

        if (listed.Select(violation => violation.Clashing).FirstOrDefault(clash => clash is not null) is { } holder)
        {
            status.Details.Add(Any.Pack(new ResourceInfo
            {
                ResourceType = holder.Kind.Words,
                ResourceName = holder.Id.ToString(),
                Description = holder.Name,
            }));
        }

        if (first.Reason is Reason.Contended or Reason.StoreUnavailable or Reason.TooManyCalls or Reason.RateLimited
            or Reason.Stopping or Reason.BrokerUnavailable)
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(RetryDelay) }));
        return status;
    }

    // A violation of several fields has one message.
    private static string Sentence(IEnumerable<Violation> listed, int count)
    {
        var told = listed.ToList();
        var more = count - told.Count;
        return string.Join("; ", told.Select(violation => violation.Message).Distinct()) + (more > 0 ? $"; and {more} more" : "");
    }

    // The message up to its remedy: the part behind the colon, unless it quotes a value.
    private static string Cause(string message)
    {
        var remedy = message.IndexOf(": ", message.LastIndexOf('"') + 1, StringComparison.Ordinal);
        return remedy < 0 ? message : message[..remedy];
    }

    // The text loses its middle: the beginning names the field, and the end has the last value or the remedy.
    private static string Clipped(string text, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        var (head, tail) = (maxLength / 2, text.Length - (maxLength / 2));
        if (char.IsHighSurrogate(text[head - 1])) head--;
        if (char.IsLowSurrogate(text[tail])) tail++;
        return $"{text.AsSpan(0, head)}…{text.AsSpan(tail)}";
    }

    // The message is sent percent-encoded, and again with the details in base64.
    private static int Size(Status status) =>
        Encoding.UTF8.GetBytes(status.Message).Sum(octet => octet is >= 0x20 and <= 0x7E and not (byte)'%' ? 1 : 3)
        + (status.CalculateSize() * 4 / 3);

    // A part of a refusal.
    private sealed record Excerpt(IReadOnlyList<Violation> Violations, int Count, IReadOnlyList<User> Users)
    {
        // Descriptions are given once: those of preconditions are omitted where the field has the same one.
        public bool IsBrief { get; init; }
    }
}
