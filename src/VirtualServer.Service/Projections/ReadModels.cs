using JasperFx.Events.Projections;
using Marten;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Monitors;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Store;
using VirtualServers.Service.Telemetry;

namespace VirtualServers.Service.Projections;

/// <summary>
/// Registers the read models with Marten: the views, the tables that span aggregates, and the projection that writes both.
/// </summary>
public static class ReadModels
{
    public static IServiceCollection AddReadModels(this IServiceCollection services)
    {
        services.AddSingleton<Rebuild>().AddSingleton<Verification>().AddSingleton<ReadModelsCheck>();
        services.AddHealthChecks().AddCheck<ReadModelsCheck>(Health.ReadModels);
        return services.ConfigureMarten(Register);
    }

    /// <summary>The table of the views of a kind, which is named like its type.</summary>
    public static Sql ViewTable<T>() => Names<T>.Table;

    /// <summary>The table of the views with a type of content.</summary>
    public static Sql ViewTableOf(Type content) => Sql.Text(
        $"{EventStore.Schema}.mt_doc_"
        + string.Concat(content.Name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToLowerInvariant());

    private static void Register(StoreOptions options)
    {
        options.Schema.For<View<VirtualServer>>().DocumentAlias("virtual_server");
        options.Schema.For<View<LoadBalancerPool>>().DocumentAlias("load_balancer_pool");
        options.Schema.For<View<HealthCheckMonitor>>().DocumentAlias("health_check_monitor");
        options.Schema.For<View<CertificateProfile>>().DocumentAlias("certificate_profile");
        options.Schema.For<View<InventoryObject>>().DocumentAlias("inventory_object");
        options.Projections.Add(new RegistryProjection(), ProjectionLifecycle.Inline);
    }

    private static class Names<T>
    {
        public static readonly Sql Table = ViewTableOf(typeof(T));
    }
}
