using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Lists;

/// <summary>A list of the contract, and its answers by a plain fold over the model.</summary>
/// <param name="Request">The type of its request.</param>
/// <param name="Fields">The fields of its filter.</param>
/// <param name="Orders">The keys of its order.</param>
internal sealed record ModelList(
    MessageDescriptor Request,
    IReadOnlyList<Kind> Kinds,
    IReadOnlyDictionary<string, Func<Draw, Drawn>> Fields,
    IReadOnlyDictionary<string, Func<Version, Past, IComparable?>> Orders)
{
    /// <summary>The type of its filter.</summary>
    public MessageDescriptor Filter => Request.FindFieldByName("filter").MessageType;

    /// <summary>A request without pages; lists of inventory name all kinds unless the filter does.</summary>
    public IListRequest Ask(IReadOnlyList<(string Field, object Value)> filter, string order, bool showDeleted, DateTimeOffset? time)
    {
        var (request, message) = ((IListRequest)Request.Parser.ParseFrom([]), Filter.Parser.ParseFrom([]));
        foreach (var (field, value) in filter) Set(message, field, value);
        if (Fields.ContainsKey("kinds") && filter.All(one => one.Field != "kinds")) Set(message, "kinds", Kinds);
        Set(request, "filter", message);
        Set(request, "order_by", order);
        Set(request, "show_deleted", showDeleted);
        if (time is { } past) Set(request, "read_time", past.ToTimestamp());
        return request;
    }

    /// <summary>The objects in their order.</summary>
    public List<IMessage> Answer(
        Past past, IEnumerable<Func<Version, bool>> filter, IReadOnlyList<(string Key, bool IsDescending)> order, bool showDeleted)
    {
        var found = past.All.Where(version => Kinds.Contains(version.Kind) && (showDeleted || version.IsLive))
            .Where(version => filter.All(matches => matches(version))).ToList();
        found.Sort((a, b) =>
        {
            foreach (var (key, isDescending) in order)
            {
                var (left, right) = (Orders[key](a, past), Orders[key](b, past));
                var compared = (left, right) switch
                {
                    (null, null) => 0, (null, _) => 1, (_, null) => -1, _ => left.CompareTo(right),
                };
                if (compared != 0) return isDescending ? -compared : compared;
            }

            var tie = string.CompareOrdinal(a.Id, b.Id);
            return order[^1].IsDescending ? -tie : tie;
        });
        return [.. found.Select(version => past.Shown(version.Object))];
    }

    /// <summary>The answer of the service, page by page.</summary>
    public static async Task<(List<IMessage> Objects, int? Total)> Read(TestService service, IListRequest asked, Func<int> pageSize)
    {
        var (objects, request, total) = (new List<IMessage>(), asked.Descriptor.Parser.ParseFrom(asked.ToByteString()), (int?)null);
        while (true)
        {
            var size = pageSize();
            Set(request, "page_size", size);
            Set(request, "with_total_size", objects.Count == 0);
            var response = await service.Send(request);
            var page = ((IList)response.Descriptor.FindFieldByNumber(1).Accessor.GetValue(response)).Cast<IMessage>().ToList();
            if (objects.Count == 0) total = ((IListResponse)response).TotalSize;
            objects.AddRange(page.Select(Past.Comparable));
            var token = ((IListResponse)response).NextPageToken;
            Assert.InRange(page.Count, token.Length > 0 ? size : 0, size);
            if (token.Length == 0) return (objects, total);
            Set(request, "page_token", token);
        }
    }

    private static void Set(IMessage message, string name, object value)
    {
        var field = message.Descriptor.FindFieldByName(name);
        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(message, value);
            return;
        }

        var list = (IList)field.Accessor.GetValue(message);
        foreach (var one in (IEnumerable)value) list.Add(one);
    }
}

/// <summary>Every list of objects.</summary>
internal static class ModelLists
{
    public static readonly Kind[] InventoryKinds =
    [
        Kind.IpAddress, Kind.Prefix, Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService, Kind.Tenant,
    ];

    public static IReadOnlyDictionary<string, ModelList> All { get; } = new Dictionary<string, ModelList>
    {
        ["ListVirtualServers"] = new(
            ListVirtualServersRequest.Descriptor, [Kind.VirtualServer], ModelFields.VirtualServers, new Dictionary<string, Key>(Common)
            {
                ["vip"] = (version, past) => new Inet(past.Name(((V1.VirtualServer)version.Object).Vip.Id)),
                ["port"] = (version, _) => Port(version),
                ["protocol"] = (version, _) => Spelled(((V1.VirtualServer)version.Object).Protocol),
                ["type"] = (version, _) => Spelled(((V1.VirtualServer)version.Object).LoadBalancerType),
            }.Plain()),
        ["ListLoadBalancerPools"] = new(
            ListLoadBalancerPoolsRequest.Descriptor, [Kind.LoadBalancerPool], ModelFields.LoadBalancerPools,
            new Dictionary<string, Key>(Common)
            {
                ["type"] = (version, _) => Spelled(((LoadBalancerPool)version.Object).LoadBalancingAlgorithm),
            }.Plain()),
        ["ListHealthCheckMonitors"] = new(
            ListHealthCheckMonitorsRequest.Descriptor, [Kind.HealthCheckMonitor], ModelFields.HealthCheckMonitors,
            new Dictionary<string, Key>(Common)
            {
                ["type"] = (version, _) => Spelled(((HealthCheckMonitor)version.Object).HealthCheckType),
                ["port"] = (version, _) => Port(version),
            }.Plain()),
        ["ListCertificateProfiles"] = new(
            ListCertificateProfilesRequest.Descriptor, [Kind.CertificateProfile], ModelFields.CertificateProfiles,
            new Dictionary<string, Key>(Common)
            {
                ["type"] = (version, _) => Spelled(((CertificateProfile)version.Object).CertificateType),
                ["expiration_date"] = (version, _) => ((CertificateProfile)version.Object).ExpirationDate,
            }.Plain()),
        ["ListInventoryObjects"] = new(
            ListInventoryObjectsRequest.Descriptor, InventoryKinds, ModelFields.InventoryObjects, new Dictionary<string, Key>(Common)
            {
                ["address"] = (version, _) => version.Kind is Kind.IpAddress or Kind.Prefix ? new Boxed<Inet>(new(version.Name)) : null,
            }.Plain()),
    };

    private static Dictionary<string, Key> Common => new()
    {
        ["name"] = (version, _) => new Ordinal(version.Name),
        ["create_time"] = (version, _) => ((IRecord)version.Object).CreateTime,
        ["update_time"] = (version, _) => ((IRecord)version.Object).UpdateTime,
    };

    private delegate object? Key(Version version, Past past);

    private static Dictionary<string, Func<Version, Past, IComparable?>> Plain(this Dictionary<string, Key> keys) =>
        keys.ToDictionary(key => key.Key, key => (Func<Version, Past, IComparable?>)((version, past) => key.Value(version, past) switch
        {
            null => null,
            IComparable comparable => comparable,
            Inet inet => new Boxed<Inet>(inet),
            Timestamp time => new Boxed<Timestamp>(time),
            var other => throw new ArgumentException($"{other} has no order", nameof(keys)),
        }));

    private static object? Port(Version version)
    {
        var field = version.Object.Descriptor.FindFieldByName("port");
        return field.Accessor.HasValue(version.Object) ? field.Accessor.GetValue(version.Object) : null;
    }

    // By its name in the contract; the unspecified value is unset.
    private static Ordinal? Spelled<T>(T value) where T : struct, System.Enum =>
        Convert.ToInt32(value, null) == 0 ? null
        : new(typeof(T).GetField($"{value}")!.GetCustomAttributes(typeof(OriginalNameAttribute), false)
            .Cast<OriginalNameAttribute>().Single().Name);

    /// <summary>Text in the order of code points.</summary>
    private sealed record Ordinal(string Text) : IComparable
    {
        public int CompareTo(object? obj) =>
            System.Text.Encoding.UTF8.GetBytes(Text).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(((Ordinal)obj!).Text));
    }

    private sealed record Boxed<T>(T Value) : IComparable where T : IComparable<T>
    {
        public int CompareTo(object? obj) => Value.CompareTo(((Boxed<T>)obj!).Value);
    }
}
