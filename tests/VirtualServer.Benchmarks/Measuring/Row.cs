namespace VirtualServers.Benchmarks.Measuring;

/// <summary>The service or a reference, which does the work of a row.</summary>
/// <param name="Measure">Measures it for a time span.</param>
internal sealed record Contender(string Name, Func<TimeSpan, Task<Sample>> Measure);

/// <summary>The target of a row.</summary>
internal sealed record Target(string Words, Func<Result, double> Reached, double Bound, bool AtLeast = true)
{
    public bool IsMet(Result result) => AtLeast ? Reached(result) >= Bound : Reached(result) <= Bound;
}

/// <summary>A measurement of the service and its references, in alternation, in one run.</summary>
/// <param name="LessIsBetter">True for times and bytes, false for rates.</param>
internal sealed record Row(
    string Name,
    string What,
    string Unit,
    bool LessIsBetter,
    Contender Service,
    params IReadOnlyList<Contender> References)
{
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>Whether the row has a warm-up: a row that starts a process each time has none.</summary>
    public bool WarmsUp { get; init; } = true;

    /// <summary>
    /// Measures all contenders in each round, every other round in reverse order, so that other load on the machine affects all of them.
    /// </summary>
    public async Task<Result> Measure(Settings settings)
    {
        Contender[] contenders = [Service, .. References];
        if (WarmsUp)
        {
            foreach (var contender in contenders) await contender.Measure(settings.WarmUp);
        }

        var samples = contenders.ToDictionary(contender => contender, _ => new List<Sample>());
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var contender in round % 2 == 0 ? contenders : contenders.Reverse())
                samples[contender].Add(await contender.Measure(settings.Span));
        }

        return new(
            this,
            samples[Service],
            [.. References.Select(reference => (reference.Name, (IReadOnlyList<Sample>)samples[reference]))]);
    }
}
