using System.Reflection;
using Google.Protobuf.Reflection;
using VirtualServers.Client;
using VirtualServers.Domain;
using VirtualServers.Service.Api;
using VirtualServers.Service.Wire;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Rules of the code base that a program can check.</summary>
public sealed class HouseRuleTests
{
    [Fact]
    public void Every_reason_has_a_status_and_is_in_the_contract_under_its_number_and_name()
    {
        var contract = ErrorReasonReflection.Descriptor.FindTypeByName<EnumDescriptor>("ErrorReason").Values
            .Where(value => value.Number > 0)
            .Select(value => (value.Number, value.Name));

        Assert.Equal(contract, Enum.GetValues<Reason>().Select(reason => ((int)reason, $"ERROR_REASON_{reason.Spelled()}")));
        Assert.All(Enum.GetValues<Reason>(), reason => Assert.NotEqual(Google.Rpc.Code.Ok, Statuses.CodeOf(reason)));
    }

    [Theory]
    [InlineData(typeof(Domain.Kind), typeof(V1.Kind))]
    [InlineData(typeof(Domain.VirtualServers.Protocol), typeof(Protocol))]
    [InlineData(typeof(Domain.VirtualServers.SourceNatType), typeof(SourceNatType))]
    [InlineData(typeof(Domain.VirtualServers.LoadBalancerType), typeof(LoadBalancerType))]
    [InlineData(typeof(Domain.VirtualServers.ConditionType), typeof(ConditionType))]
    [InlineData(typeof(Domain.Pools.LoadBalancingAlgorithm), typeof(LoadBalancingAlgorithm))]
    [InlineData(typeof(Domain.Pools.MemberStatus), typeof(PoolMemberStatus))]
    [InlineData(typeof(Domain.Monitors.HealthCheckType), typeof(HealthCheckType))]
    [InlineData(typeof(Domain.Certificates.CertificateType), typeof(CertificateType))]
    public void An_enum_of_the_domain_has_the_numbers_and_names_of_the_contract(Type domain, Type contract) =>
        Assert.Equal(
            Enum.GetValues(contract).Cast<object>()
                .Where(value => Convert.ToInt32(value) != 0)
                .Select(value => (Convert.ToInt32(value), value.ToString()!.ToUpperInvariant())),
            Enum.GetValues(domain).Cast<object>().Select(value => (Convert.ToInt32(value), value.ToString()!.ToUpperInvariant())));

    [Fact]
    public void Every_request_that_changes_something_has_the_options_of_a_mutation()
    {
        var methods = ReflectedServices.Contract.SelectMany(service => service.Methods).Where(method => !method.IsClientStreaming).ToList();

        Assert.All(methods, method => Assert.Equal(
            // What is done to announcements changes no object.
            !new[] { "Get", "BatchGet", "List", "Summarize", "Diff", "Watch", "Replay", "RetryParked", "SkipParked" }
                .Any(read => method.Name.StartsWith(read, StringComparison.Ordinal)),
            method.InputType.ClrType.IsAssignableTo(typeof(IMutation))));
    }

    [Fact]
    public void Every_service_of_the_contract_is_served_and_reflected() =>
        Assert.Equal(
            typeof(IMutation).Assembly.GetTypes()
                .Where(type => type.GetNestedTypes().Any(nested => nested.Name.EndsWith("ServiceBase", StringComparison.Ordinal)))
                .Select(type => type.Name)
                .Order(),
            ReflectedServices.Contract.Select(service => service.Name).Order());

    // docs/architecture.md, Names.
    [Theory]
    [InlineData(typeof(Reason), "VirtualServer.Domain")]
    [InlineData(typeof(IMutation), "VirtualServer.Contracts")]
    [InlineData(typeof(VirtualServerClients), "VirtualServer.Client")]
    [InlineData(typeof(Composition), "VirtualServer.Service")]
    [InlineData(typeof(HouseRuleTests), "VirtualServer.Service.Tests")]
    public void Assemblies_are_named_VirtualServer_and_namespaces_VirtualServers(Type type, string assembly)
    {
        Assert.Equal(assembly, type.Assembly.GetName().Name);
        // The class of a program's top-level statements has no namespace.
        Assert.All(
            type.Assembly.GetExportedTypes().Where(known => known.Namespace is not null),
            known => Assert.StartsWith("VirtualServers.", known.Namespace, StringComparison.Ordinal));
    }

    [Fact]
    public void MassTransit_stays_on_the_Apache_licensed_8() =>
        Assert.All(
            Directory.GetFiles(AppContext.BaseDirectory, "MassTransit*.dll").Select(AssemblyName.GetAssemblyName),
            name => Assert.Equal(8, name.Version!.Major));
}
