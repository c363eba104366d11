# Says "ready", waits, and does the deed that it is assembled for: for what guests do to themselves.
#   DEED_OFF, DEED_PANIC, DEED_KEYBOARD_RESET, DEED_PCI_RESET, DEED_TRIPLE_FAULT   which
#   TICKS=N   waits for N ticks (18.2 a second); without it, until somebody presses the power button
.include "serial.S"

main:
    set_up
    listen_to_power_button
    movw $greeting, %si
    call print_text
.ifdef TICKS
    movw $TICKS, %cx
tick:
    hlt
    loop tick
.else
wait:
    hlt
    test_power_button
    jz wait
.endif
.ifdef DEED_OFF
    power_off
.endif
.ifdef DEED_PANIC
    movw $0x505, %dx             # QEMU's docs/specs/pvpanic.txt: bit 0, the guest panicked
    movb $1, %al
    outb %al, %dx
.endif
.ifdef DEED_KEYBOARD_RESET
    movb $0xfe, %al              # pulse the reset line
    outb %al, $0x64
.endif
.ifdef DEED_PCI_RESET
    movw $0xcf9, %dx             # reset control register of PIIX3
    movb $6, %al
    outb %al, %dx
.endif
.ifdef DEED_TRIPLE_FAULT
    lidt no_interrupts           # without room for a handler each fault becomes the next
    int $3
.endif
ever:
    hlt
    jmp ever
no_interrupts: .word 0, 0, 0
greeting: .asciz "\nready\n"

.org 510
.word 0xaa55
