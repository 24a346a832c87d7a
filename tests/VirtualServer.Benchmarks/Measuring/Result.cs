namespace VirtualServers.Benchmarks.Measuring;

/// <summary>The samples of a row, by round.</summary>
internal sealed record Result(
    Row Row,
    IReadOnlyList<Sample> Service,
    IReadOnlyList<(string Name, IReadOnlyList<Sample> Samples)> References)
{
    /// <summary>The service relative to a reference in each round: more is better, for rates, times and bytes alike.</summary>
    public Spread Ratio(int reference) => new(Service.Zip(References[reference].Samples, (service, other) =>
        Row.LessIsBetter ? other.Value / service.Value : service.Value / other.Value));

    /// <summary>A reference, with the number of its connections if it chose one.</summary>
    public string NameOf(int reference) =>
        $"{References[reference].Name}{(References[reference].Samples[0].Connections is { } number ? $"; connections: {number}" : "")}";
}

/// <summary>A value that was measured several times.</summary>
internal sealed record Spread(double Median, double Least, double Most)
{
    public Spread(IEnumerable<double> values) : this(Sorted(values))
    {
    }

    private Spread(double[] sorted) : this((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1])
    {
    }

    public override string ToString() => $"{Number(Median)} ({Number(Least)}–{Number(Most)})";

    /// <summary>With three significant digits, or all digits before the point.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => $"{value:#,0}",
        >= 10 => $"{value:0.0}",
        _ => $"{value:0.00}",
    };

    private static double[] Sorted(IEnumerable<double> values) => [.. values.Order()];
}
