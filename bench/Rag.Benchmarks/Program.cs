Console.WriteLine("not composed yet");
