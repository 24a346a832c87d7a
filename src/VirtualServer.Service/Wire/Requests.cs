using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using VirtualServers.Domain;
using VirtualServers.Service.Store;
using IMutation = VirtualServers.V1.IMutation;

namespace VirtualServers.Service.Wire;

/// <summary>Whom a request is for, or what keeps that from being read.</summary>
public readonly record struct Target(Address? Address, params IReadOnlyList<Violation> Violations)
{
    public static implicit operator Target(Address address) => new(address, []);

    public static implicit operator Target(Violation violation) => new(null, [violation]);
}

/// <summary>Reads what all requests have in common: whom they are for, and the options of a mutation.</summary>
public static class Requests
{
    private const int ReasonLength = 1024;

    /// <summary>The object of this id or of this name; the contract's oneof leaves one of them empty.</summary>
    /// <param name="scope">The namespace that the name is in; null for any.</param>
    /// <param name="living">False to look by name among the deleted as well, when none lives.</param>
    public static Target Target(Kind kind, string id, string name, string? scope = null, bool living = true) => (id, name) switch
    {
        ("", "") => new Violation(Reason.FieldRequired, "target", "a target is required: set id or name"),
        ("", _) when Unreadable("name", name) is { } unreadable => unreadable,
        ("", _) => new Address.ByName(kind, new FieldReference("", kind, new(null, name.Trim())).Name ?? "", scope, living),
        _ => Id(id, kind.Words, "id"),
    };

    /// <summary>A new object, under the id that the caller chose, if any. A malformed one does not keep the rest from being checked.</summary>
    public static Target Chosen(string id, string what, string field) =>
        id.Length == 0 ? new Address.ToBe(what) : Id(id, what, field) is { Address: null } malformed ? malformed with { Address = new Address.ToBe(what) } : Id(id, what, field);

    /// <summary>Why an object can't be looked up by this name.</summary>
    public static Violation? Unreadable(string field, string name) =>
        string.IsNullOrWhiteSpace(name) ? new(Reason.FieldRequired, field, $"{field} is required: it is blank")
        : name.Trim().Any(char.IsControl) ? new(Reason.FieldInvalid, field, $"{field} has control characters: only printable text is allowed")
        : null;

    /// <summary>The object of this id.</summary>
    public static Target Id(string id, string what, string field) => Reference.ParseUuid(id) is { } uuid && uuid != Guid.Empty
        ? new Address.ById(uuid, what)
        : new Violation(Reason.FieldInvalid, field, $"{field} {id.InQuotes} is not a UUID: write it like 0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10");

    /// <summary>The command with its target and options.</summary>
    /// <param name="prefix">Where the object stands in the request.</param>
    /// <param name="malformed">What else reading the request found wrong.</param>
    public static Call<TCommand> Read<TCommand>(IMutation request, Target target, TCommand command, string prefix = "", IEnumerable<Violation>? malformed = null)
    {
        List<Violation> violations = [.. malformed ?? [], .. target.Violations];

        Guid? requestId = null;
        if (request.RequestId.Length > 0)
        {
            requestId = Reference.ParseUuid(request.RequestId);
            if (requestId is null) violations.Add(new(Reason.FieldInvalid, "request_id", $"request_id {request.RequestId.InQuotes} is not a UUID: make one up for every command"));
        }

        if (request.Reason.EnumerateRunes().Count() > ReasonLength) violations.Add(new(Reason.FieldInvalid, "reason", $"reason is longer than {ReasonLength} characters"));
        if (request.Reason.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))) violations.Add(new(Reason.FieldInvalid, "reason", "reason has control characters: only printable text is allowed"));

        return new(command)
        {
            Address = target.Address,
            Malformed = violations,
            Prefix = prefix,
            Etag = request.Etag,
            Reason = request.Reason,
            // A trial run stores nothing, so it must not use up the id of the real one.
            RequestId = request.ValidateOnly ? null : requestId,
            Fingerprint = requestId is null ? [] : Fingerprint(request),
            ValidateOnly = request.ValidateOnly,
        };
    }

    // Equal requests have equal fingerprints: the entries of a map may travel in any order, so they are sorted first, and the id itself, which
    // may be written in other letters' case, is left out.
    private static byte[] Fingerprint(IMutation sent)
    {
        var request = (IMutation)sent.Descriptor.Parser.ParseFrom(sent.ToByteString());
        request.RequestId = "";
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.UTF8.GetBytes(request.Descriptor.FullName));
        using (var output = new CodedOutputStream(bytes, leaveOpen: true) { Deterministic = true })
            request.WriteTo(output);
        return SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
