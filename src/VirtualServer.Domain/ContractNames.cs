using System.Text.RegularExpressions;

namespace VirtualServers.Domain;

/// <summary>The names of the values of an enum in the contract, for messages: <c>LOAD_BALANCER_TYPE_LAYER_4</c>.</summary>
public static partial class ContractNames
{
    /// <summary>The names of all values, in the order of their numbers.</summary>
    public static IReadOnlyList<string> Of<T>() where T : struct, Enum => Names<T>.All;

    /// <summary>The name of a value.</summary>
    public static string Of<T>(T value) where T : struct, Enum => $"{Names<T>.Prefix}_{Spelled($"{value}")}";

    private static string Spelled(string name) => Words().Replace(name, "_").ToUpperInvariant();

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])")]
    private static partial Regex Words();

    private static class Names<T> where T : struct, Enum
    {
        // The contract has one namespace for all kinds, and says of which kind a member is.
        public static readonly string Prefix =
            Spelled(typeof(T) == typeof(Pools.MemberStatus) ? $"Pool{nameof(Pools.MemberStatus)}" : typeof(T).Name);

        public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<T>().Select(Of)];
    }
}
