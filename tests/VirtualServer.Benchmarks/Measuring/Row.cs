namespace VirtualServers.Benchmarks.Measuring;

/// <summary>One of those that do a row's work: the service, or a reference.</summary>
/// <param name="Measure">Does it for so long.</param>
internal sealed record Contender(string Name, Func<TimeSpan, Task<Sample>> Measure);

/// <summary>What a row is to reach.</summary>
internal sealed record Target(string Words, Func<Result, double> Reached, double Bound, bool AtLeast = true)
{
    public bool IsMet(Result result) => AtLeast ? Reached(result) >= Bound : Reached(result) <= Bound;
}

/// <summary>What is measured beside its references, in turn, in one run.</summary>
/// <param name="LessIsBetter">Times and bytes, as against rates.</param>
internal sealed record Row(
    string Name,
    string What,
    string Unit,
    bool LessIsBetter,
    Contender Service,
    params IReadOnlyList<Contender> References)
{
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>Whether a warm-up makes sense: not for what starts afresh each time.</summary>
    public bool WarmsUp { get; init; } = true;

    /// <summary>
    /// Measures all contenders in each round, every other round in reverse order: what the machine does besides falls on all of them.
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
