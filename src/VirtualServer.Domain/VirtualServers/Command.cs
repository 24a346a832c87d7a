namespace VirtualServers.Domain.VirtualServers;

/// <summary>Be active.</summary>
public sealed record Enable : Command<Draft>;

/// <summary>Be inactive, and keep everything else.</summary>
public sealed record Disable : Command<Draft>;
