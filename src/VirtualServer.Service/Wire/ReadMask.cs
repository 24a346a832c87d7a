using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Service.Queries;

namespace VirtualServers.Service.Wire;

/// <summary>The fields of an object that a request for many objects asks for (AIP-157).</summary>
public sealed class ReadMask
{
    private readonly List<FieldDescriptor> omitted = [];

    /// <param name="wire">The mask of the request; without one, every field is asked for.</param>
    /// <param name="resource">The message of an object.</param>
    public ReadMask(FieldMask? wire, MessageDescriptor resource)
    {
        var fields = resource.Fields.InDeclarationOrder();
        var paths = wire?.Paths.ToHashSet() ?? [];
        if (paths.Count > 0 && !paths.Contains("*")) omitted.AddRange(fields.Where(field => !paths.Contains(field.Name)));
        var asked = fields.Except(omitted).ToList();
        Parts = new(
            Names: asked.Exists(field => IsOf(field, V1.Reference.Descriptor) || IsOf(field, V1.PoolMember.Descriptor)),
            Conditions: asked.Exists(field => IsOf(field, V1.Condition.Descriptor)));
        Violations =
        [
            .. paths.Where(path => path != "*" && fields.All(field => field.Name != path)).Select(path => new Violation(
                Reason.FieldUnknown, "read_mask",
                $"read_mask {path.InQuotes} is not a field of {resource.Name}: "
                + $"use {string.Join(", ", fields.Select(field => field.Name))} or *")),
        ];
    }

    /// <summary>What must be read of each object beside its own content.</summary>
    public ReadParts Parts { get; }

    public IReadOnlyList<Violation> Violations { get; }

    /// <summary>The object with only the fields that are asked for.</summary>
    public T Trimmed<T>(T wire) where T : IMessage
    {
        foreach (var field in omitted) field.Accessor.Clear(wire);
        return wire;
    }

    private static bool IsOf(FieldDescriptor field, MessageDescriptor type) =>
        field.FieldType == FieldType.Message && field.MessageType == type;
}
