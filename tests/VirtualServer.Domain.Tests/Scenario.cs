namespace VirtualServers.Domain.Tests;

/// <summary>The three functions of an aggregate, as the service uses them.</summary>
public sealed record Aggregate<TCommand, TEvent, T>(
    Func<TCommand, FactsNeeded> Needs,
    Func<TCommand, Lifecycle<T>, Facts, Decision<TEvent>> Decide,
    Func<Lifecycle<T>, TEvent, Lifecycle<T>> Evolve)
    where TEvent : class where T : IRegistered
{
    /// <summary>The fold of a history.</summary>
    public Lifecycle<T> Replay(IEnumerable<TEvent> history) => history.Aggregate(new Lifecycle<T>.Absent() as Lifecycle<T>, Evolve);

    /// <summary>The decision of the aggregate in a world.</summary>
    public Decision<TEvent> DecideIn(World world, TCommand command, Guid id, Lifecycle<T> state) =>
        Decide(command, state, world.FactsFor(Needs(command), id, state));
}

/// <summary>
/// The history of an object and the world around it: <c>Given(events).When(command).Then(event)</c>. A command gets only the facts
/// that it declares as needed, so that a fact missing from the declaration fails a test.
/// </summary>
public sealed record Scenario<TCommand, TEvent, T>(
    Aggregate<TCommand, TEvent, T> Aggregate, Guid Id, World World, IReadOnlyList<TEvent> History)
    where TEvent : class where T : IRegistered
{
    /// <summary>Adds a live object.</summary>
    public Scenario<TCommand, TEvent, T> Beside(IRegistered other, int number = 2) =>
        this with { World = World.With(The.Id(number), other) };

    /// <summary>Removes an object.</summary>
    public Scenario<TCommand, TEvent, T> Without(Named gone) => this with { World = World.Without(gone.Id) };

    /// <summary>Sets the id of the command.</summary>
    public Scenario<TCommand, TEvent, T> WithId(Guid id) => this with { Id = id };

    /// <summary>Continues with another object without history.</summary>
    public Scenario<TCommand, TEvent, T> Next(int number = 2) => this with { Id = The.Id(number), History = [] };

    /// <summary>Sends a command.</summary>
    public Attempt<TCommand, TEvent, T> When(TCommand command) => new(this, command);
}

/// <summary>A command to an object, and the expectations of its decision.</summary>
public sealed class Attempt<TCommand, TEvent, T>(Scenario<TCommand, TEvent, T> given, TCommand command)
    where TEvent : class where T : IRegistered
{
    private Aggregate<TCommand, TEvent, T> Aggregate => given.Aggregate;

    /// <summary>The decision, for tests that check only a part of it.</summary>
    public Decision<TEvent> Decision => Decide(Aggregate.Replay(given.History));

    /// <summary>
    /// Expects this event. A repetition of the command must store nothing: it is accepted, or rejected with the reason
    /// <paramref name="again"/>. The scenario continues after the event.
    /// </summary>
    public Scenario<TCommand, TEvent, T> Then(TEvent expected, Reason? again = null)
    {
        var before = Aggregate.Replay(given.History);
        Expect(before, expected);

        IReadOnlyList<TEvent> history = [.. given.History, expected];
        var after = Aggregate.Evolve(before, expected);
        Assert.Equal(Aggregate.Replay(history), after);

        var then = new Attempt<TCommand, TEvent, T>(given with { History = history }, command);
        if (again is null) then.ThenNothing();
        else Assert.Equal([again.Value], then.Violations(after).Select(violation => violation.Reason));
        return given with { History = history, World = given.World.With(given.Id, after) };
    }

    /// <summary>Expects that the command is accepted without an event.</summary>
    public Scenario<TCommand, TEvent, T> ThenNothing()
    {
        Expect(Aggregate.Replay(given.History), null);
        return given;
    }

    /// <summary>Expects a rejection with exactly these reasons and fields, in any order.</summary>
    public Rejection ThenRejected(params IReadOnlyList<(Reason Reason, string Field)> expected)
    {
        var violations = Violations(Aggregate.Replay(given.History));
        Assert.Equal(expected.Order(), violations.Select(violation => (violation.Reason, violation.Field)).Order());
        Assert.All(violations, violation => Assert.False(string.IsNullOrWhiteSpace(violation.Message)));
        return new(violations);
    }

    private void Expect(Lifecycle<T> state, TEvent? expected)
    {
        if (Decide(state) is Decision<TEvent>.Accepted(var happened) && Equals(happened, expected)) return;
        Assert.Fail($"{Description(state)}\nexpected {Readable.Of(expected)}");
    }

    private IReadOnlyList<Violation> Violations(Lifecycle<T> state)
    {
        if (Decide(state) is Decision<TEvent>.Rejected(var violations)) return violations;
        Assert.Fail($"{Description(state)}\nexpected a rejection");
        return [];
    }

    private Decision<TEvent> Decide(Lifecycle<T> state) => Aggregate.DecideIn(given.World.With(given.Id, state), command, given.Id, state);

    private string Description(Lifecycle<T> state) =>
        $"{Readable.Of(command)}\non {Readable.Of(state)}\ndecided {Readable.Of(Decide(state))}";
}

/// <summary>The violations of a rejected command.</summary>
public sealed record Rejection(IReadOnlyList<Violation> Violations)
{
    /// <summary>Expects that a violation names the conflicting object.</summary>
    public Rejection Naming(string name)
    {
        Assert.Contains(Violations, violation => violation.Clashing?.Name == name
            && violation.Message.Contains($"\"{name}\"", StringComparison.Ordinal));
        return this;
    }

    /// <summary>Expects that each text is part of a message.</summary>
    public Rejection Saying(params IReadOnlyList<string> texts)
    {
        Assert.All(texts, text => Assert.Contains(Violations, violation => violation.Message.Contains(text, StringComparison.Ordinal)));
        return this;
    }
}
