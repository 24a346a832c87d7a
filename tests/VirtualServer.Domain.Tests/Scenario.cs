namespace VirtualServers.Domain.Tests;

/// <summary>An aggregate's three functions, as the service uses them.</summary>
public sealed record Aggregate<TCommand, TEvent, T>(
    Func<TCommand, FactsNeeded> Needs,
    Func<TCommand, Lifecycle<T>, Facts, Decision<TEvent>> Decide,
    Func<Lifecycle<T>, TEvent, Lifecycle<T>> Evolve)
    where TEvent : class where T : IRegistered
{
    /// <summary>The state that a history leads to.</summary>
    public Lifecycle<T> Replay(IEnumerable<TEvent> history) => history.Aggregate(new Lifecycle<T>.Absent() as Lifecycle<T>, Evolve);

    /// <summary>What the object answers in this world.</summary>
    public Decision<TEvent> Ask(TCommand command, Guid id, Lifecycle<T> state, World world) =>
        Decide(command, state, world.Answer(Needs(command), id, state));
}

/// <summary>
/// What has happened, and the world around it: <c>Given(events).When(command).Then(event)</c>. The facts of a command are what the world
/// answers to its own inquiry, so what a decider forgets to ask it does not learn.
/// </summary>
public sealed record Scenario<TCommand, TEvent, T>(Aggregate<TCommand, TEvent, T> Aggregate, Guid Id, World World, IReadOnlyList<TEvent> History)
    where TEvent : class where T : IRegistered
{
    /// <summary>Another object lives, too.</summary>
    public Scenario<TCommand, TEvent, T> Beside(IRegistered other, int number = 2) => this with { World = World.With(The.Id(number), other) };

    /// <summary>An object is gone.</summary>
    public Scenario<TCommand, TEvent, T> Without(Named gone) => this with { World = World.Without(gone.Id) };

    /// <summary>The command is for this id.</summary>
    public Scenario<TCommand, TEvent, T> WithId(Guid id) => this with { Id = id };

    /// <summary>The next command is for another object, to which nothing has happened yet.</summary>
    public Scenario<TCommand, TEvent, T> Next(int number = 2) => this with { Id = The.Id(number), History = [] };

    /// <summary>A command.</summary>
    public Asking<TCommand, TEvent, T> When(TCommand command) => new(this, command);
}

/// <summary>A command to an object, and what is expected of it.</summary>
public sealed class Asking<TCommand, TEvent, T>(Scenario<TCommand, TEvent, T> given, TCommand command) where TEvent : class where T : IRegistered
{
    private Aggregate<TCommand, TEvent, T> Aggregate => given.Aggregate;

    /// <summary>What the object answers, for the rare test that wants to know only a part of it.</summary>
    public Decision<TEvent> Decision => Decide(Aggregate.Replay(given.History));

    /// <summary>
    /// This one event. The same command again stores nothing: it is accepted, or refused for the reason <paramref name="again"/>. The story goes on after it.
    /// </summary>
    public Scenario<TCommand, TEvent, T> Then(TEvent expected, Reason? again = null)
    {
        var before = Aggregate.Replay(given.History);
        Expect(before, expected);

        IReadOnlyList<TEvent> history = [.. given.History, expected];
        var after = Aggregate.Evolve(before, expected);
        Assert.Equal(Aggregate.Replay(history), after);

        var then = new Asking<TCommand, TEvent, T>(given with { History = history }, command);
        if (again is null) then.ThenNothing();
        else Assert.Equal([again.Value], then.Rejection(after).Select(violation => violation.Reason));
        return given with { History = history, World = given.World.With(given.Id, after) };
    }

    /// <summary>Yes, and nothing changes.</summary>
    public Scenario<TCommand, TEvent, T> ThenNothing()
    {
        Expect(Aggregate.Replay(given.History), null);
        return given;
    }

    /// <summary>No, for exactly these reasons and fields, in any order.</summary>
    public Refusal ThenRejected(params IReadOnlyList<(Reason Reason, string Field)> expected)
    {
        var violations = Rejection(Aggregate.Replay(given.History));
        Assert.Equal(expected.Order(), violations.Select(violation => (violation.Reason, violation.Field)).Order());
        Assert.All(violations, violation => Assert.False(string.IsNullOrWhiteSpace(violation.Message)));
        return new(violations);
    }

    private void Expect(Lifecycle<T> state, TEvent? expected)
    {
        if (Decide(state) is Decision<TEvent>.Accepted(var happened) && Equals(happened, expected)) return;
        Assert.Fail($"{Told(state)}\nexpected {Readable.Of(expected)}");
    }

    private IReadOnlyList<Violation> Rejection(Lifecycle<T> state)
    {
        if (Decide(state) is Decision<TEvent>.Rejected(var violations)) return violations;
        Assert.Fail($"{Told(state)}\nexpected a refusal");
        return [];
    }

    private Decision<TEvent> Decide(Lifecycle<T> state) => Aggregate.Ask(command, given.Id, state, given.World.With(given.Id, state));

    private string Told(Lifecycle<T> state) => $"{Readable.Of(command)}\non {Readable.Of(state)}\nanswered {Readable.Of(Decide(state))}";
}

/// <summary>Everything that was wrong with a command.</summary>
public sealed record Refusal(IReadOnlyList<Violation> Violations)
{
    /// <summary>The object in the way is named, for programs and for people.</summary>
    public Refusal Naming(string name)
    {
        Assert.Contains(Violations, violation => violation.Clashing?.Name == name && violation.Message.Contains($"\"{name}\"", StringComparison.Ordinal));
        return this;
    }

    /// <summary>A message says all of this.</summary>
    public Refusal Saying(params IReadOnlyList<string> texts)
    {
        Assert.All(texts, text => Assert.Contains(Violations, violation => violation.Message.Contains(text, StringComparison.Ordinal)));
        return this;
    }
}
