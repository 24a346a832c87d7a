namespace VirtualServers.Benchmarks.Data;

/// <summary>
/// Names and ids of the objects of a benchmark, derived from their numbers in C# and in SQL, so that no look-up is needed.
/// </summary>
internal static class Numbered
{
    /// <summary>The numbers of objects that new virtual servers reference in turn.</summary>
    public const int Pools = 1000, Devices = 100, Certificates = 100;

    // A prime that spreads numbers over 32 bits.
    private const uint Mix = 2_654_435_761;

    public static string Server(int number) => $"bench-{number:d8}";

    public static string Address(int number) => $"10.{number >> 16}.{number >> 8 & 255}.{number & 255}";

    public static string Pool(int number) => $"bench-pool-{number:d4}";

    public static string Device(int number) => $"bench-device-{number:d3}";

    public static string Certificate(int number) => $"bench-certificate-{number:d3}";

    public static string Monitor(int number) => $"bench-monitor-{number:d3}";

    public static string Tenant(int number) => $"bench-tenant-{number:d3}";

    /// <summary>
    /// The id of a filled-in object: in the order of the numbers and with a random-looking end, like the ids of the service.
    /// </summary>
    public static string Id(KindOfId kind, int number) =>
        $"{Start(kind)}-{number >> 12:x4}-7{number & 4095:x3}-8000-0000{unchecked((uint)number * Mix):x8}";

    public static string ServerId(int number) => Id(KindOfId.Server, number);

    /// <summary>The same in SQL, of any kind.</summary>
    public static string Id(KindOfId kind, string number) =>
        $"""
        ('{Start(kind)}' || lpad(to_hex((({number}) >> 12)::bigint), 4, '0')
            || '7' || lpad(to_hex((({number}) & 4095)::bigint), 3, '0')
            || '80000000' || lpad(to_hex((({number}) * {Mix}) & 4294967295), 8, '0'))::uuid
        """;

    /// <summary>A virtual server's references and names by numbers, as columns.</summary>
    public static string References(string address, string number) =>
        $"""
        {Id(KindOfId.Address, address)} as vip, {Id(KindOfId.Pool, $"{number} % {Pools}")} as pool,
        {Id(KindOfId.Device, $"{number} % {Devices}")} as device, {Id(KindOfId.Certificate, $"{number} % {Certificates}")} as certificate
        """;

    private static string Start(KindOfId kind) => $"0193000{(int)kind}";
}

/// <summary>The kinds of objects that are filled in, as encoded in their ids.</summary>
internal enum KindOfId
{
    Server = 1,
    Address,
    Pool,
    Device,
    Certificate,
    Monitor,
    Tenant,
    Prefix,
    Member,
}
