// What modbus-serial asks of npm's serialport, whose native part is not wanted for a pseudo-terminal: a stream of a terminal that is open
// already. `path` is the number of its descriptor.
"use strict";
const tty = require("tty");

exports.SerialPort = class extends tty.ReadStream {
	constructor(options) {
		super(Number(options.path));
		setImmediate(() => this.emit("open"));
	}
};
