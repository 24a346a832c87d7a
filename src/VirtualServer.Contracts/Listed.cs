using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace VirtualServers.V1;

/// <summary>A request for a page of a list. All lists of objects have these fields.</summary>
public interface IListRequest : IMessage
{
    /// <summary>The maximum number of objects in the response.</summary>
    int PageSize { get; }

    /// <summary>The token of the previous page.</summary>
    string PageToken { get; }

    /// <summary>Whether the list includes deleted objects.</summary>
    bool ShowDeleted { get; }

    /// <summary>The order of the list.</summary>
    string OrderBy { get; }

    /// <summary>The fields of the objects in the response; null for all.</summary>
    FieldMask? ReadMask { get; }

    /// <summary>The past time that the list shows; null for now.</summary>
    Timestamp? ReadTime { get; }

    /// <summary>Whether the objects of all pages are counted.</summary>
    bool WithTotalSize { get; }
}

/// <summary>A request for many objects. The batches of all kinds have these fields.</summary>
public interface IBatchGetRequest
{
    /// <summary>The fields of the objects in the response; null for all.</summary>
    FieldMask? ReadMask { get; }

    /// <summary>The past time that the response shows; null for now.</summary>
    Timestamp? ReadTime { get; }
}

/// <summary>A filter of a list. The filters of all lists of objects have these fields.</summary>
public interface IObjectFilter
{
    /// <summary>The ids of objects.</summary>
    RepeatedField<string> Ids { get; }

    /// <summary>The names of objects.</summary>
    RepeatedField<string> Names { get; }

    /// <summary>The texts that names begin with.</summary>
    RepeatedField<string> NamePrefixes { get; }

    /// <summary>The texts that names contain.</summary>
    RepeatedField<string> NameContains { get; }

    /// <summary>The period of creation; null for any time.</summary>
    TimeRange? CreateTime { get; }

    /// <summary>The period of the last change; null for any time.</summary>
    TimeRange? UpdateTime { get; }

    /// <summary>The callers of the last change.</summary>
    RepeatedField<string> Actors { get; }

    /// <summary>The text that is searched for.</summary>
    string Q { get; }
}

/// <summary>A page of a list.</summary>
public interface IListResponse
{
    /// <summary>The token of the next page; empty on the last.</summary>
    string NextPageToken { get; set; }

    /// <summary>The number of objects in all pages, if asked for.</summary>
    int TotalSize { get; set; }

    /// <summary>Whether there are more than that.</summary>
    bool TotalSizeIsLowerBound { get; set; }
}

public sealed partial class ListVirtualServersRequest : IListRequest;

public sealed partial class ListVirtualServersResponse : IListResponse;

public sealed partial class ListLoadBalancerPoolsRequest : IListRequest;

public sealed partial class ListLoadBalancerPoolsResponse : IListResponse;

public sealed partial class ListHealthCheckMonitorsRequest : IListRequest;

public sealed partial class ListHealthCheckMonitorsResponse : IListResponse;

public sealed partial class ListCertificateProfilesRequest : IListRequest;

public sealed partial class ListCertificateProfilesResponse : IListResponse;

public sealed partial class ListInventoryObjectsRequest : IListRequest;

public sealed partial class ListInventoryObjectsResponse : IListResponse;

public sealed partial class VirtualServerFilter : IObjectFilter;

public sealed partial class LoadBalancerPoolFilter : IObjectFilter;

public sealed partial class HealthCheckMonitorFilter : IObjectFilter;

public sealed partial class CertificateProfileFilter : IObjectFilter;

public sealed partial class InventoryObjectFilter : IObjectFilter;

public sealed partial class BatchGetVirtualServersRequest : IBatchGetRequest;

public sealed partial class BatchGetLoadBalancerPoolsRequest : IBatchGetRequest;

public sealed partial class BatchGetHealthCheckMonitorsRequest : IBatchGetRequest;

public sealed partial class BatchGetCertificateProfilesRequest : IBatchGetRequest;

public sealed partial class BatchGetInventoryObjectsRequest : IBatchGetRequest;
