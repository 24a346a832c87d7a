using VirtualServers.V1;

namespace VirtualServers.Faults.Workload;

/// <summary>The objects that commands have created, each as it was answered last.</summary>
internal sealed class KnownObjects
{
    private readonly Dictionary<string, Result> latest = [];
    private readonly Dictionary<Kind, List<string>> ofKind = [];
    private readonly Lock gate = new();

    /// <summary>Notes the objects of a response.</summary>
    public void Learn(IMutation request, IReadOnlyList<Result> results)
    {
        lock (gate)
        {
            foreach (var result in results)
            {
                if (latest.TryGetValue(result.Id, out var known) && known.Version >= result.Version) continue;
                if (known is null && Of(request) is { } kind)
                {
                    if (!ofKind.TryGetValue(kind, out var ids)) ofKind[kind] = ids = [];
                    ids.Add(result.Id);
                }

                latest[result.Id] = result;
            }
        }
    }

    /// <summary>Any object of a kind, deleted or not; null if there is none.</summary>
    public Result? Any(Kind kind, Random random)
    {
        lock (gate) return ofKind.TryGetValue(kind, out var ids) && ids.Count > 0 ? latest[ids[random.Next(ids.Count)]] : null;
    }

    private static Kind? Of(IMutation request) => request switch
    {
        CreateVirtualServerRequest => Kind.VirtualServer,
        CreateLoadBalancerPoolRequest => Kind.LoadBalancerPool,
        CreateCertificateProfileRequest => Kind.CertificateProfile,
        CreateHealthCheckMonitorRequest => Kind.HealthCheckMonitor,
        _ => null,
    };
}
