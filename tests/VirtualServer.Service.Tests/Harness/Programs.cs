using System.Diagnostics;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Runs programs that are no part of the service.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end: its exit code, and what it has written to its output and about errors.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> Run(
        string folder, IReadOnlyDictionary<string, string> environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var written = await Eventually.Ends(
                $"{program} {string.Join(' ', arguments)}",
                Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()));
            await process.WaitForExitAsync();
            return (process.ExitCode, written[0], written[1]);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Runs a program that must succeed; returns what it has written.</summary>
    public static async Task<string> Succeeds(
        string folder, IReadOnlyDictionary<string, string> environment, string program, params string[] arguments)
    {
        var (exitCode, output, errors) = await Run(folder, environment, program, arguments);
        Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{errors}");
        return output;
    }

    /// <summary>Whether a program exists, ends and succeeds.</summary>
    public static bool Work(string folder, string program, params string[] arguments)
    {
        try
        {
            return Run(folder, new Dictionary<string, string>(), program, arguments).GetAwaiter().GetResult().ExitCode == 0;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or Xunit.Sdk.XunitException)
        {
            return false;
        }
    }
}
