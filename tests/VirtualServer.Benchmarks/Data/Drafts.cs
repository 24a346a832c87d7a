using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Data;

/// <summary>The virtual server of the benchmarks: HTTPS with SSL offload, and all references by name.</summary>
internal static class Drafts
{
    public static VirtualServer Of(string name, string vip, int port, string pool, string device, string certificate) => new()
    {
        Name = name,
        Vip = new() { Name = vip },
        Port = port,
        Protocol = Protocol.Https,
        LoadBalancerType = LoadBalancerType.Layer7,
        SslOffload = true,
        Device = new() { Name = device },
        LoadBalancerPool = new() { Name = pool },
        CertificateProfiles = { new Reference { Name = certificate } },
        Labels = { ["app"] = "shop", ["env"] = "prod", ["team"] = "checkout" },
        Description = "The shop's front door, as the benchmark has it",
    };
}
