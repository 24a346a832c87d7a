using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Lists;

/// <summary>One version of an object, as the command that led to it answered it.</summary>
internal sealed record Version(Kind Kind, IMessage Object, string Actor)
{
    public string Id => ((IRecord)Object).Id;

    public DateTimeOffset Time => ((IRecord)Object).UpdateTime.ToDateTimeOffset();

    public bool IsLive => ((IRecord)Object).DeleteTime is null;

    public string Name => NameOf(Object);

    public string Namespace => Object is not InventoryObject known ? "" : known.IpAddress?.Namespace ?? known.Prefix?.Namespace ?? "";

    /// <summary>The references of the object: the field, with that of the pool member, and the id of the target.</summary>
    public IReadOnlyList<(string Field, string Id)> References { get; } = [.. Referred(Object, "")];

    public static string NameOf(IMessage known) => known switch
    {
        InventoryObject { IpAddress: { } address } => address.Address,
        InventoryObject { Prefix: { } prefix } => prefix.Prefix_,
        InventoryObject inventory => (string)Content(inventory).Descriptor.FindFieldByName("name").Accessor.GetValue(Content(inventory)),
        _ => (string)known.Descriptor.FindFieldByName("name").Accessor.GetValue(known),
    };

    private static IMessage Content(InventoryObject known) =>
        (IMessage)InventoryObject.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(known).Accessor.GetValue(known);

    /// <summary>The references of a message: the field, with the path before it, and the id of the target.</summary>
    internal static IEnumerable<(string Field, string Id)> Referred(IMessage message, string path)
    {
        foreach (var field in Messages(message))
        {
            foreach (var inner in Values(message, field))
            {
                if (inner is Reference reference) yield return (path + field.Name, reference.Id);
                else if (inner is PoolMember) foreach (var one in Referred(inner, $"{path}{field.Name}.")) yield return one;
            }
        }
    }

    /// <summary>The fields that hold messages.</summary>
    internal static IEnumerable<FieldDescriptor> Messages(IMessage message) =>
        message.Descriptor.Fields.InDeclarationOrder().Where(one => one.FieldType == FieldType.Message && !one.IsMap);

    /// <summary>The messages that a field holds.</summary>
    internal static IEnumerable<IMessage> Values(IMessage message, FieldDescriptor field) => field.Accessor.GetValue(message) switch
    {
        System.Collections.IList list => list.OfType<IMessage>(),
        IMessage one => [one],
        _ => [],
    };
}

/// <summary>The registry in memory: every version of every object, in the order in which they were made.</summary>
internal sealed class Model
{
    private readonly List<Version> versions = [];

    public IReadOnlyList<Version> Versions => versions;

    /// <summary>Adds the version that a command led to; null for a command that changed nothing.</summary>
    public Version? Add(Kind kind, IMessage answered, string actor)
    {
        var version = new Version(kind, answered, actor);
        var known = versions.FindLast(one => one.Id == version.Id);
        if (known is not null && ((IRecord)known.Object).Version == ((IRecord)answered).Version) return null;
        versions.Add(version);
        return version;
    }

    /// <summary>The registry as it was at a time; now without one.</summary>
    public Past At(DateTimeOffset? time) => new(
        versions.Where(version => time is null || version.Time <= time).GroupBy(version => version.Id).Select(same => same.Last()));
}

/// <summary>The registry at one time: the version of each object that was current then.</summary>
internal sealed class Past(IEnumerable<Version> current)
{
    private readonly Dictionary<string, Version> byId = current.ToDictionary(version => version.Id);

    public IReadOnlyCollection<Version> All => byId.Values;

    public Version? Of(string id) => byId.GetValueOrDefault(id);

    public string Name(string id) => Of(id)?.Name ?? "";

    /// <summary>Whether a live object refers to it.</summary>
    public bool IsUsed(string id) => All.Any(version => version.IsLive && version.References.Any(reference => reference.Id == id));

    /// <summary>The object as a list shows it: with the names and namespaces of the objects it refers to, without conditions.</summary>
    public IMessage Shown(IMessage known)
    {
        var copy = known.Descriptor.Parser.ParseFrom(known.ToByteString());
        Rename(copy);
        return Comparable(copy);
    }

    /// <summary>An object without conditions, and with its sets in one order, which otherwise depends on names.</summary>
    public static IMessage Comparable(IMessage shown)
    {
        if (shown is V1.VirtualServer server) server.Conditions.Clear();
        return Ordered(shown);
    }

    /// <summary>An object with its sets in one order.</summary>
    public static IMessage Ordered(IMessage shown)
    {
        if (shown is LoadBalancerPool pool)
        {
            var members = pool.Members.OrderBy(member => member.Id, StringComparer.Ordinal).ToList();
            pool.Members.Clear();
            pool.Members.Add(members);
        }

        foreach (var references in shown switch
        {
            V1.VirtualServer one => [one.CertificateProfiles],
            LoadBalancerPool one => one.Members.Select(member => member.CertificateProfiles),
            _ => [],
        })
        {
            var ordered = references.OrderBy(reference => reference.Id, StringComparer.Ordinal).ToList();
            references.Clear();
            references.Add(ordered);
        }

        return shown;
    }

    private void Rename(IMessage message)
    {
        foreach (var field in Version.Messages(message))
        {
            foreach (var inner in Version.Values(message, field))
            {
                if (inner is Reference reference)
                    (reference.Name, reference.Namespace) = (Name(reference.Id), Of(reference.Id)?.Namespace ?? "");
                else if (inner is not Timestamp)
                    Rename(inner);
            }
        }
    }
}

/// <summary>An address or prefix in the order of PostgreSQL: IPv4 first, then by the common bits, the length, and all bits.</summary>
internal sealed class Inet : IComparable<Inet>
{
    private readonly byte[] bytes;
    private readonly int length;

    public Inet(string text)
    {
        var parts = text.Split('/');
        bytes = IPAddress.Parse(parts[0]).GetAddressBytes();
        length = parts.Length > 1 ? int.Parse(parts[1], null) : bytes.Length * 8;
    }

    public bool IsIn(Inet network) =>
        bytes.Length == network.bytes.Length && length >= network.length && Compare(bytes, network.bytes, network.length) == 0;

    public int CompareTo(Inet? other)
    {
        if (other is null) return 1;
        if (bytes.Length != other.bytes.Length) return bytes.Length.CompareTo(other.bytes.Length);
        var common = Compare(bytes, other.bytes, Math.Min(length, other.length));
        return common != 0 ? common
            : length != other.length ? length.CompareTo(other.length) : Compare(bytes, other.bytes, bytes.Length * 8);
    }

    private static int Compare(byte[] left, byte[] right, int bits)
    {
        for (var bit = 0; bit < bits; bit++)
        {
            var (a, b) = (left[bit / 8] >> (7 - (bit % 8)) & 1, right[bit / 8] >> (7 - (bit % 8)) & 1);
            if (a != b) return a.CompareTo(b);
        }

        return 0;
    }
}
