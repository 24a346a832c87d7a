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
        [Reason.StoreUnavailable] = Code.Unavailable,
        [Reason.Internal] = Code.Internal,
    };

    // Of several violations, the code comes from the one that must be corrected before the others can be judged.
    private static readonly Code[] Precedence =
    [
        Code.InvalidArgument, Code.NotFound, Code.Aborted, Code.FailedPrecondition, Code.AlreadyExists, Code.Unavailable, Code.Internal,
    ];

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    // Trailers must fit into the headers that clients accept (8 KB is common), or the client sees a broken connection instead of the
    // status: only the first violations are listed, the others are counted, and a message that quotes too much of the request loses its
    // middle.
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
        [.. violations.Distinct().OrderBy(violation => Array.IndexOf(Precedence, Codes[violation.Reason]))];

    /// <summary>The status that lists every violation.</summary>
    public static Status Of(Refused refused)
    {
        for (var maxLength = MaxMessageLength; ; maxLength /= 2)
        {
            var status = Of(refused, maxLength);
            if (Size(status) <= MaxBytes || maxLength < 10) return status;
        }
    }

    /// <summary>All violations in one text for people.</summary>
    public static string Sentence(IReadOnlyList<Violation> violations) => Sentence(violations, MaxMessageLength);

    private static Status Of(Refused refused, int maxLength)
    {
        var violations = Ordered(refused.Violations);
        var first = violations[0];
        var listed = violations.Take(MaxDetails)
            .Select(violation => violation with { Message = Clipped(violation.Message, maxLength) })
            .ToList();
        var status = new Status { Code = (int)Codes[first.Reason], Message = Sentence(violations, maxLength) };

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

        var states = listed.Where(violation => Codes[violation.Reason] == Code.FailedPrecondition).ToList();
        if (states.Count > 0)
        {
            var preconditions = states.Select(violation => new PreconditionFailure.Types.Violation
            {
                Type = violation.Reason.Spelled(),
                Subject = violation.Clashing?.Id.ToString() ?? violation.Field,
                Description = violation.Message,
            }).Concat(refused.Users.First.Skip(1).Select(user => new PreconditionFailure.Types.Violation
            {
                Type = Reason.InUse.Spelled(),
                Subject = user.By.Id.ToString(),
                Description = Clipped($"used by {user.By} as {user.Field}", maxLength),
            }));
            status.Details.Add(Any.Pack(new PreconditionFailure { Violations = { preconditions } }));
        }

        if (listed.Select(violation => violation.Clashing).FirstOrDefault(clash => clash is not null) is { } holder)
        {
            status.Details.Add(Any.Pack(new ResourceInfo
            {
                ResourceType = holder.Kind.Words,
                ResourceName = holder.Id.ToString(),
                Description = Clipped(holder.Name, maxLength),
            }));
        }

        if (first.Reason is Reason.Contended or Reason.StoreUnavailable)
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(RetryDelay) }));
        return status;
    }

    private static string Sentence(IReadOnlyList<Violation> violations, int maxLength)
    {
        var more = violations.Count - MaxDetails;
        return string.Join("; ", violations.Take(MaxDetails).Select(violation => Clipped(violation.Message, maxLength)))
            + (more > 0 ? $"; and {more} more" : "");
    }

    // The text loses its middle: the beginning names the field, and the end names the remedy.
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
}
