using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.V1;
using Kind = VirtualServers.Domain.Kind;
using Reference = VirtualServers.Domain.Reference;

namespace VirtualServers.Service.Wire;

/// <summary>Reads what requests have in common: the object they are for, and the options of a command.</summary>
public static class Requests
{
    private const int MaxReasonLength = 1024;

    /// <summary>A command that creates an object.</summary>
    /// <param name="id">The id that the caller chose; null or empty for one of the registry's choice.</param>
    public static Call<T, TCommand> Create<T, TCommand>(ICreation request, Resource<T, TCommand> resource, string? id, TCommand command)
        where T : class, IRegistered
    {
        var target = Chosen(id ?? "", resource.What, $"{resource.Prefix}id");
        return new(resource, target.Address, command, Options(request, resource.Prefix, target.Violations));
    }

    /// <summary>A command for the object that the request names.</summary>
    /// <param name="onlyLive">False to find a deleted object by its name as well, when no live one has it.</param>
    /// <param name="prefix">The path of the object's fields in the request.</param>
    /// <param name="malformed">The violations that reading the rest of the request found.</param>
    public static Call<T, TCommand> Change<T, TCommand, TRequest>(
        TRequest request, Resource<T, TCommand> resource, TCommand command, IEnumerable<Violation>? malformed = null, string prefix = "",
        bool onlyLive = true)
        where T : class, IRegistered
        where TRequest : IMutation, IAddressed
    {
        var target = Target(request, resource.Kind, onlyLive);
        return new(resource, target.Address, command, Options(request, prefix, [.. malformed ?? [], .. target.Violations]));
    }

    /// <summary>The target of a request that names no object.</summary>
    public static Target NoTarget => Missing("a target is required: set id or name", "id", "name");

    /// <summary>The object that a request names.</summary>
    public static Target Target(IAddressed request, Kind kind, bool onlyLive = true) =>
        Target(kind, request.Id, request.Name, scope: "", onlyLive);

    /// <summary>The object of this id or of this name; the oneof of the contract leaves one of them empty.</summary>
    /// <param name="scope">The namespace of the name; null for any.</param>
    /// <param name="onlyLive">False to find a deleted object by its name as well.</param>
    public static Target Target(Kind kind, string id, string name, string? scope = null, bool onlyLive = true) => (id, name) switch
    {
        ("", "") => NoTarget,
        ("", _) when Unreadable("name", name) is { } unreadable => unreadable,
        ("", _) => new Address.ByName(kind, FieldReference.Stored(kind, name), scope, onlyLive),
        _ => Id(id, kind.Words, "id"),
    };

    /// <summary>
    /// A new object, with the id of the caller's choice, if any. The rest of the request is checked even when the id is malformed.
    /// </summary>
    public static Target Chosen(string id, string what, string field)
    {
        if (id.Length == 0) return new Address.ToBe(what);
        var target = Id(id, what, field);
        return target.Address is null ? target with { Address = new Address.ToBe(what) } : target;
    }

    /// <summary>No object, because the request sets none of the fields of a oneof; each of them is named.</summary>
    public static Target Missing(string message, params IEnumerable<string> fields) =>
        new(null, [.. fields.Select(field => new Violation(Reason.FieldRequired, field, message))]);

    /// <summary>The reason why no object can have this name; null when one can.</summary>
    public static Violation? Unreadable(string field, string name) =>
        string.IsNullOrWhiteSpace(name) ? new(Reason.FieldRequired, field, $"{field} is blank: use at least one visible character")
        : Texts.Flaws(name.Trim(), TextForm.Line).FirstOrDefault() is { } flaw ? new(Reason.FieldInvalid, field, $"{field} {flaw}")
        : null;

    /// <summary>The object of this id.</summary>
    public static Target Id(string id, string what, string field) => Reference.ParseUuid(id) is { } uuid
        ? new Address.ById(uuid, what)
        : new Violation(Reason.FieldInvalid, field, NoUuid(field, id));

    /// <summary>The message about an id that is not a UUID.</summary>
    public static string NoUuid(string field, string id) =>
        $"{field} {id.InQuotes} is not a UUID: write it like 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10";

    /// <summary>The options of a request with a command.</summary>
    /// <param name="malformed">The violations that reading the rest of the request found.</param>
    public static CallOptions Options(IMutation request, string prefix = "", params IEnumerable<Violation> malformed)
    {
        List<Violation> violations = [.. malformed];
        Guid? requestId = null;
        if (request.RequestId.Length > 0)
        {
            requestId = Reference.ParseUuid(request.RequestId);
            if (requestId is null)
            {
                violations.Add(new(
                    Reason.FieldInvalid, "request_id",
                    $"request_id {request.RequestId.InQuotes} is not a UUID: use a new one for every command"));
            }
        }

        foreach (var flaw in Texts.Flaws(request.Reason, TextForm.Prose, MaxReasonLength))
            violations.Add(new(Reason.FieldInvalid, "reason", $"reason {flaw}"));

        var view = (request as IConditionRequest)?.View ?? CommandView.Unspecified;
        if (!Enum.IsDefined(view)) violations.Add(Violation.Undefined<CommandView>("view", (int)view, least: 0));

        // The body of an edit has the etag of its read (AIP-154). That of the request comes first.
        var ofBody = request is IEdit { Etag: "", Body.Etag: { Length: > 0 } read } ? read : null;
        return new()
        {
            Malformed = violations,
            Prefix = prefix,
            Etag = ofBody ?? request.Etag,
            EtagField = ofBody is null ? "etag" : $"{prefix}etag",
            Reason = request.Reason,
            RequestId = requestId,
            Fingerprint = requestId is null ? [] : Fingerprint(request),
            ValidateOnly = request.ValidateOnly,
            ShowsConditions = request is IConditionRequest && (request.ValidateOnly || view is CommandView.WithConditions),
        };
    }

    // Equal requests have equal fingerprints: the entries of a map may be sent in any order, so they are sorted first, and the request id
    // itself, which may be written in either letter case, is left out. validate_only is left out too, so that a command is validated as the
    // repetition that it would be.
    private static byte[] Fingerprint(IMutation sent)
    {
        var request = (IMutation)sent.Descriptor.Parser.ParseFrom(sent.ToByteString());
        (request.RequestId, request.ValidateOnly) = ("", false);
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.UTF8.GetBytes(request.Descriptor.FullName));
        using (var output = new CodedOutputStream(bytes, leaveOpen: true) { Deterministic = true })
            request.WriteTo(output);
        return SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
