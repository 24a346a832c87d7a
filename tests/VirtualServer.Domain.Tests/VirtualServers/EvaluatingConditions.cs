using VirtualServers.Domain.VirtualServers;
using static VirtualServers.Domain.Tests.VirtualServers.VirtualServerScenario;

namespace VirtualServers.Domain.Tests.VirtualServers;

public class EvaluatingConditions
{
    // Section 3 of domain.md by protocol; x means yes. The columns: transports; whether a port is needed at layers 2 to 7, and on a DNS
    // load balancer; whether a port is ignored; whether TLS is unsupported; whether the protocol mismatches layers 2, 4, 7 and DNS.
    private const string Table =
        """
        unset tcp+udp+sctp+icmp - -  - -  - - - -
        TCP   tcp               x x  - -  - - - x
        UDP   udp               x x  - x  - - - x
        ICMP  icmp              - -  x x  - - - x
        SCTP  sctp              x x  - x  - - - x
        HTTP  tcp               x x  - -  - x - x
        HTTPS tcp               x x  - -  - x - x
        HTTP2 tcp               x x  - -  - x - x
        GRPC  tcp               x x  - -  - x - x
        QUIC  udp               x x  - -  - - - x
        DNS   tcp+udp           x -  - -  - - - -
        ANY   tcp+udp+sctp+icmp - -  - -  - - - -
        """;

    private static readonly LoadBalancerType[] Types =
        [LoadBalancerType.Layer2, LoadBalancerType.Layer4, LoadBalancerType.Layer7, LoadBalancerType.Dns];

    private static readonly Row[] Rows = [.. Table.Split('\n').Select(Row.Read)];

    [Fact]
    public void The_table_covers_every_protocol_and_every_type()
    {
        Assert.Equal(Enum.GetValues<Protocol>().Cast<Protocol?>().Append(null).Order(), Rows.Select(row => row.Protocol).Order());
        Assert.Equal(Enum.GetValues<LoadBalancerType>(), Types);
    }

    [Fact]
    public void Every_virtual_server_has_exactly_the_conditions_of_the_table()
    {
        foreach (var (row, type, port, enabled, offload, certificates, pool) in
            from row in Rows from type in Types from port in new int?[] { null, 0, 80, 65535 }
            from enabled in Either from offload in Either from certificates in new[] { 0, 1, 2 } from pool in Either
            select (row, type, port, enabled, offload, certificates, pool))
        {
            var server = Web.On(port, row.Protocol) with
            {
                LoadBalancerType = type,
                Enabled = enabled,
                Tls = new(offload, [.. new[] { The.Certificate.Id, The.OtherCertificate.Id }.Take(certificates)]),
                LoadBalancerPool = pool ? The.Pool.Id : null,
            };
            List<ConditionType> expected = [];
            if (offload && certificates == 0) expected.Add(ConditionType.CertificatesMissing);
            if (certificates > 0 && !offload) expected.Add(ConditionType.CertificatesUnused);
            if (offload && row.WithoutTls) expected.Add(ConditionType.SslOffloadWithoutTls);
            if (enabled && !pool) expected.Add(ConditionType.PoolUnset);
            if (enabled && port is null && (type is LoadBalancerType.Dns ? row.NeedsPortOnDns : row.NeedsPort))
                expected.Add(ConditionType.PortUnset);
            if (port is not null && row.IgnoresPort) expected.Add(ConditionType.PortIgnored);
            if (row.Mismatches[Array.IndexOf(Types, type)]) expected.Add(ConditionType.ProtocolTypeMismatch);
            Expect(expected, server);
        }
    }

    [Theory]
    [InlineData(null, false, null)]
    [InlineData(null, true, ConditionType.NatTypeUnset)]
    [InlineData(SourceNatType.Auto, false, null)]
    [InlineData(SourceNatType.Auto, true, ConditionType.NatPoolUnused)]
    [InlineData(SourceNatType.Pool, false, ConditionType.NatPoolMissing)]
    [InlineData(SourceNatType.Pool, true, null)]
    [InlineData(SourceNatType.Static, false, null)]
    [InlineData(SourceNatType.Static, true, null)]
    public void Case_11_Source_nat_type_and_prefix_determine_the_condition(SourceNatType? type, bool prefix, ConditionType? expected)
    {
        // The result is the same for enabled and disabled virtual servers.
        foreach (var enabled in Either)
        {
            var server = Web.On(80, Protocol.Http) with
            {
                Enabled = enabled,
                LoadBalancerPool = The.Pool.Id,
                SourceNat = new(prefix ? The.Prefix.Id : null, type),
            };
            Expect(expected is { } condition ? [condition] : [], server);
        }
    }

    [Fact]
    public void Case_14_A_virtual_server_under_construction_only_reports_the_unset_pool() => Expect([ConditionType.PoolUnset], Web);

    [Fact]
    public void A_complete_virtual_server_has_no_conditions() => Expect([], Shop with { Enabled = true });

    [Fact]
    public void Unrelated_fields_do_not_affect_conditions() => Expect([], Shop with
    {
        Name = "SHOP",
        Placement = The.Chassis.Placement,
        Tenant = The.OtherTenant.Id,
        HealthCheckMonitor = null,
        Labels = new([]),
        Description = "",
        LoadBalancerPool = The.OtherPool.Id,
    });

    [Fact]
    public void Every_protocol_has_the_transports_of_the_table() =>
        Assert.All(Rows, row => Assert.Equal(row.Transports, Conditions.TransportsOf(row.Protocol)));

    [Fact]
    public void Every_condition_has_one_reason_except_the_protocol_mismatch_which_has_two()
    {
        HashSet<string> ReasonsOf(ConditionType type) =>
            [.. Types.Select(layer => Conditions.Reason(type, Web with { LoadBalancerType = layer }))];
        var reasons = Enum.GetValues<ConditionType>().ToDictionary(type => type, ReasonsOf);
        Assert.All(reasons, pair => Assert.All(pair.Value, reason => Assert.Matches("^[A-Z][A-Z_0-9]+$", reason)));
        Assert.All(reasons, pair => Assert.Equal(pair.Key is ConditionType.ProtocolTypeMismatch ? 2 : 1, pair.Value.Count));
        Assert.Equal(reasons.Sum(pair => pair.Value.Count), reasons.SelectMany(pair => pair.Value).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => Conditions.Reason(0, Web));
    }

    // The lists of section 3 of domain.md.
    [Fact]
    public void Every_condition_has_the_severity_of_the_domain_and_only_that_of_a_pool_depends_on_enabled()
    {
        ConditionType[] errors =
        [
            ConditionType.Conflicted, ConditionType.CertificatesMissing, ConditionType.CertificateExpired,
            ConditionType.SslOffloadWithoutTls, ConditionType.NatPoolMissing, ConditionType.NatFamilyMismatch,
        ];
        ConditionType[] errorsWhileEnabled = [ConditionType.PoolEmpty, ConditionType.PoolInactive];
        ConditionType[] infos =
        [
            ConditionType.ListenerShadowed, ConditionType.CertificatesUnused, ConditionType.PortIgnored, ConditionType.NatPoolUnused,
        ];
        foreach (var (type, enabled) in from type in Enum.GetValues<ConditionType>() from enabled in Either select (type, enabled))
        {
            var isError = errors.Contains(type) || (errorsWhileEnabled.Contains(type) && enabled);
            var isInfo = infos.Contains(type) || (errorsWhileEnabled.Contains(type) && !enabled);
            var expected = isError ? ConditionSeverity.Error : isInfo ? ConditionSeverity.Info : ConditionSeverity.Warning;
            Assert.Equal((type, enabled, expected), (type, enabled, Conditions.SeverityOf(type, enabled)));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Conditions.SeverityOf(0, true));
    }

    [Fact]
    public void A_shadowed_listener_says_whether_its_own_port_is_the_given_one()
    {
        foreach (var port in new int?[] { null, 0 })
            Assert.StartsWith("it accepts any port", Sentence(port), StringComparison.Ordinal);
        Assert.StartsWith("it accepts port 443", Sentence(443), StringComparison.Ordinal);

        static string Sentence(int? port) =>
            Conditions.Sentence(ConditionType.ListenerShadowed, Web.On(port, Protocol.Tcp), [The.Pool], 1);
    }

    [Fact]
    public void Every_condition_has_a_sentence()
    {
        foreach (var (type, row, layer) in
            from type in Enum.GetValues<ConditionType>() from row in Rows from layer in Types select (type, row, layer))
        {
            var server = Web.On(80, row.Protocol) with { LoadBalancerType = layer };
            var sentence = Conditions.Sentence(type, server, [The.Pool], 1);
            // A sentence follows a name: it begins in lower case and ends without a full stop.
            Assert.Matches("^[a-z].*[^. ]$", sentence);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Conditions.Sentence(0, Web, [], 0));
    }

    [Theory]
    [InlineData(ConditionType.Conflicted)]
    [InlineData(ConditionType.CertificateExpired)]
    [InlineData(ConditionType.CertificateExpiring)]
    [InlineData(ConditionType.PoolEmpty)]
    [InlineData(ConditionType.NatFamilyMismatch)]
    [InlineData(ConditionType.TenantMismatch)]
    [InlineData(ConditionType.NameDiffersOnlyByCase)]
    [InlineData(ConditionType.ListenerShadowed)]
    [InlineData(ConditionType.PoolInactive)]
    public void A_condition_names_the_first_three_objects_and_counts_the_rest(ConditionType type)
    {
        Named[] all = [The.Pool, The.OtherPool, The.Monitor, The.OtherMonitor];
        for (var count = 1; count <= 4; count++)
        {
            var sentence = Conditions.Sentence(type, Web, [.. all.Take(count)], count);
            for (var i = 0; i < all.Length; i++)
                Assert.Equal(i < Math.Min(count, 3), sentence.Contains($"\"{all[i].Name}\"", StringComparison.Ordinal));
            Assert.Equal(count > 3, sentence.Contains("and 1 more", StringComparison.Ordinal));
        }

        Assert.Contains("and 997 more", Conditions.Sentence(type, Web, all, 1000), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sentence_names_the_port_and_the_protocol_concerned()
    {
        Assert.Contains("443", Conditions.Sentence(ConditionType.PortIgnored, Web.On(443, Protocol.Icmp), [], 0), StringComparison.Ordinal);
        ConditionType[] withProtocol =
            [ConditionType.PortIgnored, ConditionType.PortUnset, ConditionType.SslOffloadWithoutTls, ConditionType.ProtocolTypeMismatch];
        foreach (var type in withProtocol)
            Assert.Contains("SCTP", Conditions.Sentence(type, Web.On(443, Protocol.Sctp), [], 0), StringComparison.Ordinal);
    }

    private static bool[] Either => [false, true];

    private static void Expect(IEnumerable<ConditionType> expected, VirtualServer server)
    {
        var found = Conditions.Of(server).Order().ToList();
        if (!found.SequenceEqual(expected.Order()))
            Assert.Fail($"{Readable.Of(server)}\nhas {string.Join(", ", found)}\nexpected {string.Join(", ", expected)}");
    }

    private sealed record Row(
        Protocol? Protocol, Transports Transports, bool NeedsPort, bool NeedsPortOnDns, bool IgnoresPort, bool WithoutTls,
        bool[] Mismatches)
    {
        public static Row Read(string line)
        {
            var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var transports =
                cells[1].Split('+').Aggregate(default(Transports), (all, one) => all | Enum.Parse<Transports>(one, ignoreCase: true));
            bool[] flags = [.. cells.Skip(2).Select(cell => cell == "x")];
            Protocol? protocol = cells[0] == "unset" ? null : Enum.Parse<Protocol>(cells[0], ignoreCase: true);
            return new(protocol, transports, flags[0], flags[1], flags[2], flags[3], flags[4..]);
        }
    }
}
